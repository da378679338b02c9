//! Posts a message to a webhook. Strangers choose the addresses.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use rustls::RootCertStore;

use crate::{
    adapters::web::{
        exchange::{Exchange, Resolve, TlsFault, USER_AGENT, Wanted, public_roots},
        target::{Reach, Target},
    },
    ports::Hooks,
};

/// How much of an answer's body is read, in bytes: the status is all that matters.
const MAX_ANSWER_BYTES: usize = 64 * 1_024;

/// Posts messages.
#[derive(Clone)]
pub struct HooksClient {
    exchange: Exchange,
}

impl HooksClient {
    /// Posts within `reach`, and trusts the certificate authorities in `roots`.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn new(reach: Reach, resolver: Arc<dyn Resolve>, roots: RootCertStore) -> Result<Self, TlsFault> {
        Ok(Self { exchange: Exchange::new(reach, resolver, roots)? })
    }

    /// The certificate authorities that browsers trust, from Mozilla's list.
    #[must_use]
    pub fn public_roots() -> RootCertStore {
        public_roots()
    }
}

#[async_trait]
impl Hooks for HooksClient {
    fn check(&self, url: &str) -> Result<(), &'static str> {
        Target::parse(url, &self.exchange.reach).map(drop)
    }

    async fn post(&self, url: &str, headers: &[(&'static str, String)], body: &[u8]) -> Result<u16, String> {
        let target = Target::parse(url, &self.exchange.reach).map_err(|it| format!("the address {it}"))?;
        let mut request = Request::post(target.path())
            .header("host", target.authority())
            .header("user-agent", USER_AGENT)
            .header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(Full::new(Bytes::copy_from_slice(body)));
        let request = request.map_err(|_| "the address cannot be asked for".to_owned())?;
        let answer = self.exchange.send(&target, request, Wanted::Nothing(MAX_ANSWER_BYTES)).await?;
        Ok(answer.status)
    }
}
