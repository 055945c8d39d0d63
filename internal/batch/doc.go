// Package batch is the headless front: it reads the command line, runs one
// action and turns results and events into text or JSON, and errors into exit
// codes. Results go to standard output, diagnostics to standard error.
//
// It guarantees the exit codes of the command line contract, of which 0 means
// that what was asked for is done, and that nothing printed can move a cursor
// or colour a terminal.
package batch
