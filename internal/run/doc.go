// Package run is the run of an engine: its id, its journal (written, followed,
// replayed), its lock, its detached start and its cancellation, and the typed
// events that all readers (console, text, JSON) share.
//
// A journal is append only and flushed event by event; a torn last line, left
// by a crash, is ignored by every reader. Events of type transfer and progress
// may be thinned out; all others are written. Marks, commits, problems, the
// start and the end are on disk when Emit returns, so they outlive a power
// loss. To a kill -9 are lost, at most, the lines and channel states of the
// last 5 ms, if they came in a burst, and of what is for people only, run.log
// and rman.log, the last fifth of a second.
//
// Readers trust nothing in LOG_DIR: texts come out safe for a terminal, ids and
// paths are checked, what is no event is skipped and counted. A process is
// known by its host, its pid and the time it started, so nobody is signalled,
// waited for or taken over by mistake.
//
// Test hooks: ORABAK_CRASH_AT and ORABAK_CRASH_BEFORE (EnvCrashAt).
package run
