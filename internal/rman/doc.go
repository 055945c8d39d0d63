// Package rman drives Oracle's Recovery Manager and reads what it says.
//
// The driving half builds scripts from typed statements and runs the process.
// The reading half turns its output, line by line, into typed events (Parser),
// adds them up into what a finished transcript means (Summary), explains any
// RMAN log (Explain) with the help of an error catalogue (Lookup), and reads
// LIST and REPORT output into values (ParseListBackup and its siblings).
//
// What is guaranteed: no line is lost (a line that nothing knows is an event of
// KindText), no input makes a reader panic, and text in events carries no
// control characters and is valid UTF-8. Lines that several channels interleave
// are never attributed to a channel unless RMAN prints its name on them.
//
// What may be lost: progress. RMAN's text is a report, not the truth: which
// pieces exist is decided by its repository and by the files on disk. Output in
// a language other than English is recognised (KindLocalized, ErrLocalized) and
// read only as far as its numbers and names go; an engine stops there.
package rman
