//! What the pages load: a style sheet, a script, a picture, and a map of the world, which are part of the program. Their names change
//! with what is in them, so a browser loads each once.

use std::sync::LazyLock;

use actix_web::{HttpResponse, http::header, web::Path};
use bytes::Bytes;

use crate::http::door::fault::Fault;

/// Something that pages load.
struct Asset {
    /// Its name, which tells what is in it.
    name: String,
    path: String,
    content_type: &'static str,
    bytes: &'static [u8],
}

impl Asset {
    fn new(stem: &str, ending: &str, content_type: &'static str, bytes: &'static [u8]) -> Self {
        let name = format!("{stem}.{}.{ending}", &blake3::hash(bytes).to_hex()[..16]);
        Self { path: format!("/console/assets/{name}"), name, content_type, bytes }
    }
}

static CSS: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("app", "css", "text/css; charset=utf-8", include_bytes!("../../../assets/console/app.css"))
});
static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("app", "js", "text/javascript; charset=utf-8", include_bytes!("../../../assets/console/app.js"))
});
static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon", "svg", "image/svg+xml", include_bytes!("../../../assets/console/icon.svg")));
static WORLD: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("world", "svg", "image/svg+xml", include_bytes!("../../../assets/console/world.svg")));

/// The paths of what pages load, for templates.
#[derive(Clone, Copy, Debug, Default)]
pub struct Assets;

impl Assets {
    /// The path of the style sheet.
    #[must_use]
    pub fn css(self) -> &'static str {
        &CSS.path
    }

    /// The path of the script, without which everything works too.
    #[must_use]
    pub fn script(self) -> &'static str {
        &SCRIPT.path
    }

    /// The path of the picture that stands for the console.
    #[must_use]
    pub fn icon(self) -> &'static str {
        &ICON.path
    }

    /// The path of the map of the world: each country is in it as `#c` and its two letters, and all of them together as `#land`.
    #[must_use]
    pub fn world(self) -> &'static str {
        &WORLD.path
    }
}

/// Hands out what pages load, to be kept for ever.
///
/// # Errors
/// 404 if there is nothing of this name.
pub async fn file(name: Path<String>) -> Result<HttpResponse, Fault> {
    let asset = [&*CSS, &*SCRIPT, &*ICON, &*WORLD].into_iter().find(|it| it.name == *name).ok_or(Fault::NotFound)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, asset.content_type))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(Bytes::from_static(asset.bytes)))
}
