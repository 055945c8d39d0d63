// Package harness proves the ten invariants of the design against crashes,
// faults and hostile input: it runs the real program, as a process, on a
// simulated Oracle and an S3 server, makes something go wrong, and then looks
// whether what must always hold still holds.
//
// What it looks at after every try is in world.check: no archived change is
// lost, no manifest names what is not there, no staged piece is orphaned, no
// lock is stuck, no multipart upload is left, RMAN's repository believes only
// in pieces that are on S3. The proof behind it is a restore somewhere and a
// comparison of every block with a ledger that the program never sees.
//
// Everything here is test code. A short, seeded version runs in CI (it takes
// about two minutes); the long one tries every point:
//
//	ORABAK_HARNESS=1 go test -parallel 4 ./internal/harness   the short version
//	go test ./internal/harness -long -timeout 6h              all of it
//	go test ./internal/harness -long -seed 7 -run TestCrash   other dice
//	go test ./internal/harness -long -report ../../docs/reliability.md
//
// ORABAK_LONG=1 and ORABAK_SEED=7 do the same as the flags. A failure prints
// the seed and the names of what was tried. With -records FOLDER the long
// version can be run in parts, by -run: -report adds up all that is there.
//
// What it cannot prove: it knows Oracle only as the simulation does, and disks
// only as the model of the power loss says (see power_test.go).
package harness
