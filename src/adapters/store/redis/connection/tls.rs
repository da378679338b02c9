//! TLS to the server: which authority is trusted, which certificate is shown, and what its faults mean.

use std::{fs, path::Path};

use redis::{ClientTlsConfig, RedisError, TlsCertificates};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};

use crate::adapters::store::{fault::OpenError, tls_files::StoreTls};

const STRANGE: &str = "the certificate of this Redis is of an authority that is not trusted: name the file of that \
                       authority in `store.tls_ca`";

/// What is shown and trusted, by these files.
///
/// # Errors
/// A file cannot be read or contains nothing of the kind.
pub fn certificates_of(tls: &StoreTls) -> Result<TlsCertificates, OpenError> {
    let root_cert = tls.authority.as_deref().map(certificates).transpose()?;
    let own = tls.own.as_ref().map(|own| {
        let (client_cert, client_key) = (certificates(&own.certificate)?, key(&own.key)?);
        Ok::<_, OpenError>(ClientTlsConfig { client_cert, client_key })
    });
    Ok(TlsCertificates { client_tls: own.transpose()?, root_cert })
}

/// A file that contains at least one certificate.
fn certificates(file: &Path) -> Result<Vec<u8>, OpenError> {
    let bytes = read(file)?;
    let found: Result<Vec<CertificateDer<'_>>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(bytes),
        Ok(_) => Err(unusable(file, "it contains no certificate in PEM".to_owned())),
        Err(fault) => Err(unusable(file, fault.to_string())),
    }
}

/// A file that contains a private key.
fn key(file: &Path) -> Result<Vec<u8>, OpenError> {
    let bytes = read(file)?;
    let found = PrivateKeyDer::from_pem_slice(&bytes).map(|_| ());
    found.map_err(|_| unusable(file, "it contains no private key in PEM".to_owned()))?;
    Ok(bytes)
}

fn read(file: &Path) -> Result<Vec<u8>, OpenError> {
    fs::read(file).map_err(|fault| unusable(file, fault.to_string()))
}

fn unusable(file: &Path, problem: String) -> OpenError {
    OpenError::File { path: file.display().to_string(), problem }
}

/// What a fault of TLS means for the operator; `None` for any other fault.
#[must_use]
pub fn words(fault: &RedisError) -> Option<&'static str> {
    let told = fault.to_string();
    let meanings = [
        ("UnknownIssuer", STRANGE),
        // Of an authority that has the name of one that is trusted.
        ("BadSignature", STRANGE),
        ("not valid for name", "the certificate of this Redis is for another host than `store.url` names"),
        ("certificate expired", "the certificate of this Redis has expired"),
        ("certificate not valid yet", "the certificate of this Redis is not valid yet: is the clock right?"),
        ("CertificateRequired", "this Redis asks for a certificate: set `store.tls_certificate` and `store.tls_key`"),
        ("received fatal alert", "this Redis refuses the certificate in `store.tls_certificate`"),
        ("InvalidContentType", "this Redis does not speak TLS at the port that `store.url` names"),
    ];
    meanings.into_iter().find(|(sign, _)| told.contains(sign)).map(|(_, meaning)| meaning)
}
