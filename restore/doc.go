// Package restore brings a database back from its backup sets on S3: a pure
// planner (sets, target, mode and facts in; a Plan or the reason why the target
// cannot be reached out) and an engine that carries a plan out.
//
// The planner promises: a plan never leans on a chain with a gap, names nothing
// for download that the restore does not read, and prefers what is already on
// this host. A target that cannot be reached is refused before anything is
// touched, with the thread and sequence that is missing.
//
// The engine looks at the instance after each step and does what is needed, no
// more. What may be lost is only what the plan said is left behind: where
// control file and online redo are intact nothing is lost. It never runs
// CROSSCHECK BACKUP, DELETE EXPIRED or DELETE OBSOLETE (only archived logs are
// crosschecked, at the end), and it removes no file that it did not download
// itself. Killed at any moment it can be started again; pieces that are here
// and intact are not downloaded twice.
package restore
