package rmansim

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"orabak-tui/internal/demo/oradb"
)

const channelD1 = `
SET CONTROLFILE AUTOBACKUP FORMAT FOR DEVICE TYPE DISK TO '$S/%F';
ALLOCATE CHANNEL d1 DEVICE TYPE DISK FORMAT '$S/%d_%T_%s_%p_%t.bkp';
`

// TestTotalLoss is the main course: level 0, level 1 twice, logs, the loss of
// everything, and the way back to the last archived change.
func TestTotalLoss(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.work(15, 1)
	l.ok("RUN {" + channelD1 + `
BACKUP AS COMPRESSED BACKUPSET FORCE INCREMENTAL LEVEL 0 TAG 'J1_L0' FILESPERSET 1 DATABASE;
SQL 'ALTER SYSTEM ARCHIVE LOG CURRENT';
BACKUP AS COMPRESSED BACKUPSET TAG 'J1_AL' ARCHIVELOG ALL NOT BACKED UP 1 TIMES;
BACKUP TAG 'J1_SP' SPFILE;
}`)
	for i := range 2 {
		l.work(15, uint64(2+i))
		out := l.ok("RUN {" + channelD1 + fmt.Sprintf(`
BACKUP FORCE INCREMENTAL LEVEL 1 TAG 'J%d_L1' DATABASE;
SQL 'ALTER SYSTEM ARCHIVE LOG CURRENT';
BACKUP TAG 'J%d_AL' ARCHIVELOG ALL NOT BACKED UP 1 TIMES;
}`, i+2, i+2))
		l.has(out, "starting incremental level 1 datafile backup set", "skipping archived log", "Finished Control File and SPFILE Autobackup")
		l.lacks(out, "no parent backup")
	}
	l.work(10, 9)
	out := l.ok("RUN {" + channelD1 + "BACKUP TAG 'J4_AL' ARCHIVELOG ALL NOT BACKED UP 1 TIMES;\n}")
	auto := lastHandle(t, out)
	c := l.control()
	end := lastBackedUp(c)
	if _, err := l.db.Lose(oradb.LoseEverything); err != nil {
		t.Fatal(err)
	}
	out = l.ok(fmt.Sprintf("SET DBID %d;\nSTARTUP FORCE NOMOUNT;\nRESTORE SPFILE FROM '%s';\nSTARTUP FORCE NOMOUNT;\n", c.DBID, auto))
	l.has(out, "startup failed: ORA-01078", "starting Oracle instance without parameter file", "SPFILE restore from AUTOBACKUP complete")
	out = l.ok(fmt.Sprintf("RESTORE CONTROLFILE FROM '%s';\nALTER DATABASE MOUNT;\nCATALOG START WITH '$S/' NOPROMPT;\n", auto))
	l.has(out, "restoring control file", "output file name=", "Statement processed", "implicit crosscheck")
	out = l.ok(fmt.Sprintf("RUN {\nSET UNTIL SCN %d;\nRESTORE DATABASE;\nRECOVER DATABASE;\n}\nALTER DATABASE OPEN RESETLOGS;\n", end))
	l.has(out, "executing command: SET until clause", "restoring datafile 00001 to", "restored backup piece 1",
		"Finished restore at", "starting incremental datafile backup set restore", "destination for restore of datafile 00001",
		"starting media recovery", "archived log file name=", "media recovery complete", "Finished recover at", "Statement processed")
	l.proves(c.Resetlogs, end)
	out = l.ok("LIST INCARNATION;")
	l.has(out, "PARENT", "CURRENT")
	l.work(10, 99)
	out = l.ok("RUN {" + channelD1 + "BACKUP FORCE INCREMENTAL LEVEL 0 DATABASE;\n}")
	l.has(out, "starting incremental level 0")
}

// lastHandle gives the handle of the last piece in an output.
func lastHandle(t *testing.T, out string) string {
	t.Helper()
	i := strings.LastIndex(out, "piece handle=")
	if i < 0 {
		t.Fatalf("no piece in\n%s", out)
	}
	h, _, _ := strings.Cut(out[i+len("piece handle="):], " ")
	if filepath.Base(h)[:2] != "c-" {
		t.Fatalf("the last piece %s is no autobackup", h)
	}
	return h
}

// lastBackedUp is the end of the redo that is in backups.
func lastBackedUp(c *oradb.Control) (end oradb.SCN) {
	for _, b := range c.BackupLogs {
		end = max(end, b.NextSCN)
	}
	return end
}
