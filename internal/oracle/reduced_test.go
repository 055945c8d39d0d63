package oracle

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
)

// A view that is not there is unknown; nothing else is lost with it.
func TestViewsThatAreNotThere(t *testing.T) {
	views := map[string]string{"HEADER": "V$DATAFILE_HEADER", "REDO": "V$LOG", "MEMBER": "V$LOGFILE", "DEST": "V$ARCHIVE_DEST",
		"THREAD": "V$THREAD", "TABLESPACE": "V$TABLESPACE", "AREA": "V$RECOVERY_FILE_DEST", "CONFIG": "V$RMAN_CONFIGURATION",
		"TRACKING": "V$BLOCK_CHANGE_TRACKING"}
	s := open()
	for key := range views {
		s.Answers[key] = []string{"ERROR at line 1:", "ORA-00942: table or view does not exist"}
	}
	f := facts(t, fake(t, s))
	if len(f.Unknown) != len(views) || f.HeadersKnown {
		t.Errorf("unknown %v, headers known %v", f.Unknown, f.HeadersKnown)
	}
	for _, view := range views {
		if f.Knows(view) {
			t.Errorf("%s counts as known", view)
		}
	}
	if f.DBID == 0 || len(f.Datafiles) != 2 || len(f.Incarnations) != 2 || f.RecoveryDest != "/fra" || f.RecoveryLimit != 1000 {
		t.Errorf("facts of the other views are lost: %+v", f)
	}
	whole := facts(t, fake(t, open()))
	if whole.Unknown != nil || !whole.HeadersKnown || !whole.Knows("V$LOG") {
		t.Errorf("a whole instance: %+v", whole)
	}
}

// Only its absence makes a view unknown that a restore relies on.
func TestAViewThatFailsIsAnError(t *testing.T) {
	for key, code := range map[string]string{"REDO": "ORA-00600", "HEADER": "ORA-03113", "THREAD": "ORA-01034", "AREA": "ORA-01034"} {
		s := open()
		s.Answers[key] = []string{code + ": text"}
		var e *Error
		if _, err := fake(t, s).Facts(context.Background()); !errors.As(err, &e) || e.Code != code {
			t.Errorf("%s: error %v", key, err)
		}
	}
}

func TestControlfileLostWhileTheInstanceRuns(t *testing.T) {
	gone := []string{"ERROR at line 1:", "ORA-00210: cannot open the specified control file",
		"ORA-00202: control file: '/u02/c1.ctl'", "ORA-27041: unable to open file"}
	for _, key := range []string{"DATABASE", "DATAFILE", "REDO", "CONFIG"} {
		s := open()
		s.Answers[key] = gone
		f := facts(t, fake(t, s))
		if !f.ControlfileLost || f.ControlfileCode != "ORA-00210" || f.Status != Open || f.Instance != "ORCL" {
			t.Errorf("%s: facts %+v", key, f)
		}
		if f.DBID != 0 || f.Datafiles != nil || f.Redo != nil || !slices.Equal(f.ControlFiles, []string{"/u02/c1.ctl", "/u03/c2.ctl"}) || f.SpfilePath == "" {
			t.Errorf("%s: facts %+v", key, f)
		}
	}
}

func TestAbort(t *testing.T) {
	s := &scenario{All: []string{"ORACLE instance shut down."}}
	must(t, fake(t, s).Abort(context.Background()))
	script := recorded(t, *s, "script")[0]
	if !strings.HasSuffix(script, "WHENEVER SQLERROR EXIT FAILURE\nSHUTDOWN ABORT\nEXIT\n") {
		t.Errorf("script:\n%s", script)
	}
	must(t, fake(t, &scenario{All: []string{"ORA-01034: ORACLE not available"}, Exit: 1}).Abort(context.Background()))
	if err := fake(t, &scenario{All: []string{"ORA-01031: insufficient privileges"}, Exit: 1}).Abort(context.Background()); !errors.Is(err, ErrNotDBA) {
		t.Errorf("error %v", err)
	}
}
