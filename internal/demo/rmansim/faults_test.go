package rmansim

import (
	"os"
	"strings"
	"testing"
)

// TestDiskFull: a set that fails does not stop the others, and only complete
// sets are recorded; the next run is fine.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	if err := (Faults{Pieces: []PieceFault{{At: 2, Kind: "disk_full", After: 40000, Once: true}}}).Save(l.db.Base()); err != nil {
		t.Fatal(err)
	}
	script := run("BACKUP FILESPERSET 1 TAG X DATABASE;")
	out := l.fails(script, "RMAN-03009: failure of backup command on d1 channel at", `ORA-19502: write error on file "$S/`, "block number",
		"ORA-27072: File I/O error", "Linux-x86_64 Error: 28: No space left on device", "continuing other job steps, job failed will not be re-run",
		"starting piece 1", "RMAN-00569", "RMAN-03009", "ORA-19502")
	l.lacks(out, "Finished backup", "Autobackup")
	c := l.control()
	if len(c.BackupSets) != 3 || len(l.staged()) != 3 {
		t.Errorf("%d sets, staged %v", len(c.BackupSets), l.staged())
	}
	for _, p := range c.BackupPieces {
		if _, err := os.Stat(p.Handle); err != nil {
			t.Errorf("recorded piece: %v", err)
		}
	}
	l.lacks(l.ok(script), "ORA-")
}

// TestLastSetFails: the only failure that nothing follows is told in the stack
// alone.
func TestLastSetFails(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.env = append(l.env, `RMANSIM_FAULTS={"pieces":[{"at":1,"kind":"create"}]}`)
	out := l.fails(run("BACKUP DATABASE;"), "starting piece 1", "released channel: d1", "RMAN-00569", "RMAN-03009", "ORA-19504", "ORA-27040")
	if n := strings.Count(out, "RMAN-03009"); n != 1 {
		t.Errorf("%d times RMAN-03009\n%s", n, out)
	}
	l.lacks(out, "continuing other job steps")
}

// TestChannelDies: with another channel the job goes on and succeeds; without
// one it fails.
func TestChannelDies(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.env = append(l.env, `RMANSIM_FAULTS={"pieces":[{"at":1,"kind":"channel","after":40000}]}`)
	two := "RUN {\nALLOCATE CHANNEL d1 DEVICE TYPE DISK FORMAT '$S/%U';\nALLOCATE CHANNEL d2 DEVICE TYPE DISK FORMAT '$S/%U';\nBACKUP FILESPERSET 1 TAG X DATABASE;\n}\n"
	out := l.ok(two)
	l.has(out, "RMAN-03009: failure of backup command on d1 channel", "RMAN-10038: database session for channel d1 terminated unexpectedly",
		"channel d1 disabled, job failed on it will be run on another channel", "Finished backup")
	if n := len(l.piecesWith("X")); n != 4 {
		t.Errorf("%d pieces", n)
	}
	l.fails(run("BACKUP FILESPERSET 1 DATABASE;"), "RMAN-00569", "RMAN-03009", "RMAN-10038")
}

// TestSilentFaults are reported as success.
func TestSilentFaults(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.env = append(l.env, `RMANSIM_FAULTS={"pieces":[{"at":1,"kind":"silent"},{"at":2,"kind":"corrupt"}]}`)
	l.ok(run("BACKUP TAG X DATAFILE 1;\nBACKUP TAG Y DATAFILE 2;"))
	if _, err := os.Stat(l.piecesWith("X")[0]); err == nil {
		t.Error("the piece is there")
	}
	l.fails("RESTORE DATAFILE 2 VALIDATE;", "ORA-19599")
}

func TestAreaFull(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.env = append(l.env, `RMANSIM_FAULTS={"pieces":[{"at":1,"kind":"area_full"}]}`)
	l.fails("BACKUP DATAFILE 1;", "ORA-19809: limit exceeded for recovery files", "ORA-19804: cannot reclaim")
}

// TestReadFault: a channel that dies while restoring.
func TestReadFault(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.ok(run("BACKUP DATABASE;"))
	l.env = append(l.env, `RMANSIM_FAULTS={"pieces":[{"at":1,"reading":true,"kind":"disk_full"}]}`)
	l.fails(toMount+"RESTORE DATABASE;\n", "channel ORA_DISK_1: ORA-19870", "ORA-19502", "failover to previous backup", "RMAN-06023")
}
