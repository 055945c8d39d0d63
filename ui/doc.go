// Package ui is the console: sets by date, runs live and replayed, backup and
// restore with their plans shown first.
//
// It knows runs, sets and plans, never RMAN scripts or S3 calls: what it works
// with is given in Deps. A run that is started here is a process of its own;
// quitting, or a terminal that goes away, leaves it running. Nothing that
// comes from S3 or RMAN reaches the screen before it is cleaned. No method of
// the model waits for the network or a disk: all of that is done in commands.
package ui
