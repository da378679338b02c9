//! What is ready when the service listens.

use crate::stories::service::Place;

#[test]
fn nobody_waits_for_the_patterns_of_user_agents() {
    for store in ["sqlite", "memory:"] {
        let service = Place::new(store).serve();
        let log = service.log();
        let compiled = log.find("the patterns of user agents are compiled");
        assert!(compiled.is_some_and(|it| it < log.find("listening on").unwrap()), "{store}: {log}");
    }
}
