//! The promise, told as stories: first in memory with a clock of our own, then by whole services that are killed.

pub mod world;
mod line;
mod door;
mod devices;
mod journeys;
mod suspicions;
mod mails;
mod flood;
pub mod service;
mod monotone;
mod properties;
mod outage;
mod commands;
mod evaluation;
mod promise;
mod crashes;
mod start;
mod shutdown;
mod forgetting;
mod files;
mod damage;
mod secrets;
mod upgrade;
mod custody;
mod storms;
mod shared_address;
mod emptied;
