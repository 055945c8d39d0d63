// Package bench holds the benchmarks of the whole: transfers against a limit
// or a peer in the same run, backups and restores against the slower of RMAN
// and the wire, listings of large buckets, and what a line of RMAN's output
// costs. docs/performance.md explains the table that they print.
//
// Everything is in test files, so nothing of it is in the program. A contender
// runs as a process of its own, and so does the server that takes or gives the
// bytes; the test binary plays all of these parts (see TestMain). Contenders
// take turns, the order turned round each time; what is reported is the median
// of the ratios within a round, with the least and the greatest. Nothing
// asserts a time: a busy machine makes a row wide, never a test red.
//
// Peers that are not installed (curl, rclone, aws, versitygw) are left out and
// named in the table.
package bench
