// Package ui is the console: sets by date, runs live and replayed, backup and
// restore with their plans shown first.
//
// It knows runs, sets and plans, never RMAN scripts or S3 calls: what it works
// with is given in Deps. A run that is started here is a process of its own;
// quitting, or a terminal that goes away, leaves it running. Nothing that
// comes from S3 or RMAN reaches the screen before it is cleaned. No method of
// the model waits for the network or a disk: all of that is done in commands.
//
// What a program on a terminal must reckon with, and where it is tested:
// a terminal that takes no bytes (TestConsole/stalled_terminal), none at all or
// a dumb one (no_terminal), a connection that drops (hang-up), signals
// (signals), Ctrl-Z (suspend), NO_COLOR of any value (no_colour), synchronized
// output over SSH (TestSyncIsAskedForOverSSH), the mouse that takes the
// selection away (TestMouse), a clipboard that may not arrive (TestSaveAndCopy:
// it is said, and there is a file besides), the terminal's progress that must
// be taken back (TestNativeProgressAndTitle), answers of the terminal that come
// when the console has left (TestTerminalIsGivenBackAfterItsAnswer). Other
// programs are never run on the terminal, since the renderer can stay frozen
// after it; one-shot output never starts a renderer; the goroutines of this
// package recover from panics, which the library does for commands alone.
package ui
