//! Files in PEM.

/// Bytes in PEM, as what they are: `CERTIFICATE`, `PRIVATE KEY`.
pub fn pem(kind: &str, der: &[u8]) -> String {
    format!("-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n", data_encoding::BASE64.encode(der))
}
