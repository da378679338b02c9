//! Cleans text from strangers before it is shown.

/// One visible line of at most `max_chars` characters. Controls, invisible characters, marks of direction and line
/// separators are left out, and every run of white space becomes a single space.
#[must_use]
pub fn one_line(text: &str, max_chars: usize) -> String {
    let visible: String = text
        .chars()
        .filter(|&letter| letter.is_whitespace() || !is_invisible(letter))
        .map(|letter| if letter.is_whitespace() { ' ' } else { letter })
        .collect();
    let line = visible.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    line.chars().take(max_chars).collect::<String>().trim_end().to_owned()
}

/// What stands for a character that would not be seen.
const UNSEEN: char = '\u{fffd}';

/// A text with everything in it to be seen: each invisible character and mark of direction is `�`, so that nothing is hidden in an
/// id, and nothing turned around. Lines stay lines.
#[must_use]
pub fn visible(text: &str) -> String {
    text.chars().map(|it| if is_invisible(it) && it != '\n' && it != '\t' { UNSEEN } else { it }).collect()
}

/// The same of what somebody has written, in which letters may be joined or kept apart by characters of their own.
#[must_use]
pub fn written(text: &str) -> String {
    let joins = |it: char| matches!(it, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}');
    text.chars().map(|it| if joins(it) { it.to_string() } else { visible(it.encode_utf8(&mut [0; 4])) }).collect()
}

/// The name of a place: [`one_line`] of letters, digits and the punctuation that names have. A space follows every dot,
/// so that no mail program turns the name into a link.
#[must_use]
pub fn place_name(text: &str, max_chars: usize) -> String {
    let named: String = one_line(text, max_chars)
        .chars()
        .filter(|&letter| letter.is_alphanumeric() || " ,.'’-()".contains(letter))
        .flat_map(|letter| [Some(letter), (letter == '.').then_some(' ')].into_iter().flatten())
        .collect();
    one_line(&named, max_chars).replace(" ,", ",")
}

/// An e-mail address that its owner recognizes and a bystander does not learn: `j•••n@example.com`.
#[must_use]
pub fn mask_address(address: &str) -> String {
    let address = one_line(address, 254);
    let Some((local, domain)) = address.rsplit_once('@') else { return "•••".to_owned() };
    let mut letters = local.chars();
    match (letters.next(), letters.next_back()) {
        (Some(first), Some(last)) if local.chars().count() > 2 => format!("{first}•••{last}@{domain}"),
        (Some(first), _) => format!("{first}•••@{domain}"),
        (None, _) => format!("•••@{domain}"),
    }
}

/// Whether a character shows nothing: the general categories Cc, Cf, Zl and Zp of Unicode 16, and the marks that stand
/// for no character.
#[must_use]
pub fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}'
            | '\u{8e2}' | '\u{115f}'..='\u{1160}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffd}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_invisible_is_gone() {
        assert_eq!(one_line("a\r\nBcc: b\u{202e}c\u{200b}\u{2028}d\u{1b}\u{7}", 80), "a Bcc: bc d");
        assert_eq!(one_line("  four   words  in line ", 12), "four words i");
    }

    #[test]
    fn what_would_be_invisible_is_seen_where_all_of_a_text_is_shown() {
        assert_eq!(visible("user\u{202e}gnp.exe\u{200d}\u{7}\nend"), "user\u{fffd}gnp.exe\u{fffd}\u{fffd}\nend");
        assert_eq!(written("می\u{200c}خواهم \u{202e}x"), "می\u{200c}خواهم \u{fffd}x");
        assert_eq!(visible("Łódź 東京 عربي"), "Łódź 東京 عربي", "letters of any direction");
    }

    #[test]
    fn a_place_is_no_link() {
        assert_eq!(place_name("St. Louis, Côte d'Ivoire", 80), "St. Louis, Côte d'Ivoire");
        assert_eq!(place_name("Washington, D.C., US", 80), "Washington, D. C., US");
        assert_eq!(place_name("https://evil.com/<b>", 80), "httpsevil. comb");
    }

    #[test]
    fn an_address_is_told_to_its_owner_only() {
        assert_eq!(mask_address("jonathan@example.com"), "j•••n@example.com");
        assert_eq!(mask_address("jo@example.com"), "j•••@example.com");
        assert_eq!(mask_address("é@example.com"), "é•••@example.com");
        assert_eq!(mask_address("nobody"), "•••");
    }
}
