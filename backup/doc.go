// Package backup is the backup engine: check, RMAN, upload while RMAN writes,
// commit, release of archived logs, clean.
//
// It guarantees that an archived log is deleted locally only when a committed
// set on S3 holds it, that a staged piece is deleted only after S3 confirmed
// its size and checksum, that a manifest names only confirmed pieces of backup
// sets that are complete in RMAN's repository, and that success means the
// manifest was read back from S3. Any moment is a good moment to be killed:
// the state file in the run's staging folder says what an interrupted run had
// reached, and the next run (or resume) finishes it or cleans up.
//
// What may be lost: the work of a run that failed before its manifest. Its
// pieces are dropped, locally and on S3, and taken out of RMAN's repository, so
// that RMAN backs their contents up again.
package backup
