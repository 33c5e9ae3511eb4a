//! The recorded run of klend 1.16: our calls are the recorded ones, our
//! reports move as the tokens did, refusals are those that we predict, and
//! budgets cover what was taken.

mod budget;
mod calls;
mod outcomes;
mod run;
