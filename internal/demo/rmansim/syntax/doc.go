// Package syntax reads the command language of Recovery Manager.
//
// It accepts what RMAN of release 19c accepts for the commands that the demo
// simulates, and nothing more: no abbreviation, no forgotten semicolon, no
// option in a place where RMAN would not look for it. Where public sources
// disagree whether a form is legal, it is refused, so that a script which
// passes here is plain, canonical RMAN.
//
// A [Parser] pulls lines from its reader one at a time and never reads past
// the end of the command it returns; that is what makes prompts and echo of an
// interactive session come out as the real program's do. All positions are
// lines and columns counted from 1.
package syntax
