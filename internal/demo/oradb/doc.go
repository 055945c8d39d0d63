// Package oradb is a small database that behaves like Oracle where a backup
// tool can see it: datafiles of 8 KiB blocks, a control file, an SPFILE, online
// and archived redo, incarnations, and an instance that is down, started,
// mounted or open. The simulated rman and sqlplus are built on it.
//
// Everything lives in a folder and nothing in memory: several processes may
// hold a [DB] of the same folder at once, each operation takes the folder's
// lock, and a process may be killed at any instant. What was committed is in
// the redo; what a kill leaves half done is finished or undone by the next
// operation that takes the lock.
//
// The content of blocks is real. A restore that copies wrong blocks, skips an
// incremental or applies redo to the wrong base is found out: by the block
// checksum, by the change vector that does not fit its block (ORA-00600
// [3020]), and at the end by [DB.Prove], which compares the open database with
// a ledger kept outside of it.
//
// SCN intervals are half open everywhere, as in Oracle: a checkpoint at SCN n
// holds all changes below n, a log holds first <= SCN < next, and UNTIL SCN n
// stops before n.
//
// Refusals are [*OraError] values with Oracle's own codes. Nothing here prints.
package oradb
