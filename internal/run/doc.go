// Package run is the run of an engine: its id, its journal (written, followed,
// replayed), its lock, its detached start and its cancellation, and the typed
// events that all readers (console, text, JSON) share.
//
// A journal is append only and flushed event by event; a torn last line, left
// by a crash, is ignored by every reader. Events of type transfer and progress
// may be thinned out; all others are written.
package run
