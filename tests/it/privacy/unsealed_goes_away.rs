//! Records from before sealing, in a store that goes away.

use async_trait::async_trait;
use watchlight::ports::{ClearCopies, Looked, Sealed, SealingStep, Unavailable, UnsealedStore, WalkPosition};

use crate::http::store_goes_away::Leaving;

#[async_trait]
impl UnsealedStore for Leaving {
    async fn seal_next(&self, step: SealingStep<'_>) -> Result<Sealed, Unavailable> {
        self.answers()?;
        self.inner.seal_next(step).await
    }

    async fn look_for_unsealed(&self, from: Option<&WalkPosition>) -> Result<Looked, Unavailable> {
        self.answers()?;
        self.inner.look_for_unsealed(from).await
    }

    async fn walk_length(&self) -> Result<u64, Unavailable> {
        self.answers()?;
        self.inner.walk_length().await
    }

    async fn unsealed_left(&self) -> Result<Option<u64>, Unavailable> {
        self.answers()?;
        self.inner.unsealed_left().await
    }

    async fn put_unsealed_left(&self, left: u64) -> Result<(), Unavailable> {
        self.answers()?;
        self.inner.put_unsealed_left(left).await
    }

    async fn remove_clear_copies(&self) -> Result<ClearCopies, Unavailable> {
        self.answers()?;
        self.inner.remove_clear_copies().await
    }
}
