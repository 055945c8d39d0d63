package restore

import (
	"errors"
	"fmt"

	"orabak-tui/internal/config"
	"orabak-tui/internal/oracle"
	"orabak-tui/internal/rman"
)

// steps writes down what the engine will do, with the exact scripts. What
// depends on the state of an instance that cannot be asked yet is written for
// the worst case: control file lost.
func (w *writer) steps() error {
	s := &stepList{}
	p, f := w.plan, &w.in.Facts
	if n := w.toFetch(); n > 0 {
		s.add(StepDownload, fmt.Sprintf("%d pieces, %s", n, config.Bytes(p.Bytes)), nil, nil)
	}
	w.bringUp(s, f)
	script, err := p.catalogScript()
	s.add(StepCatalog, "the downloaded pieces", script, err)
	if p.ResetIncarnation {
		s.add(StepCatalog, "incarnation", w.resetScript(), nil)
	}
	if !p.keepsFiles() {
		script, err = p.restoreScript(p.Files)
		s.add(StepRestore, fmt.Sprintf("%d datafiles", len(p.Files)), script, err)
	}
	script, err = p.recoverScript()
	s.add(StepRecover, p.untilText(), script, err)
	script, err = p.openScript()
	detail := "RESETLOGS"
	if p.Complete {
		detail = "without RESETLOGS"
	}
	s.add(StepOpen, detail, script, err)
	s.add(StepClean, "remove the downloaded pieces", nil, nil)
	p.Steps = s.list
	return s.err
}

type stepList struct {
	list []Step
	err  error
}

func (s *stepList) add(name, detail string, script *rman.Script, err error) {
	if err != nil {
		s.err = errors.Join(s.err, err)
		return
	}
	step := Step{Name: name, Detail: detail}
	if script != nil {
		step.Script = script.String()
	}
	s.list = append(s.list, step)
}

func (w *writer) toFetch() int {
	n := 0
	for _, u := range w.plan.Pieces {
		if !u.Here {
			n++
		}
	}
	return n
}

// bringUp leads from the state of the instance to a mounted database.
func (w *writer) bringUp(s *stepList, f *oracle.Facts) {
	p := w.plan
	switch {
	case f.ControlfileLost:
		s.add(StepShutdown, "abort, through sqlplus: RMAN cannot connect without the control file", nil, nil)
	case mustStop(f, p):
		script, err := rman.NewScript(StepShutdown, rman.Shutdown{Abort: true})
		s.add(StepShutdown, "abort", script, err)
	}
	if p.Spfile != nil {
		script, err := spfileScript(p.DBID, p.Spfile.Path)
		s.add(StepSpfile, "if it is missing: from "+p.Spfile.Piece.Name, script, err)
	}
	switch {
	case p.ControlFile != nil:
		w.bringUpControl(s, f)
	case p.Spfile != nil:
		script, err := rman.NewScript(StepMount, rman.MountDatabase)
		s.add(StepMount, "", script, err)
	case f.Status == oracle.Mounted:
	default:
		script, err := mountScript(f.Status == oracle.NoMount)
		s.add(StepMount, "", script, err)
	}
}

func (w *writer) bringUpControl(s *stepList, f *oracle.Facts) {
	p := w.plan
	if p.Spfile == nil && f.Status != oracle.NoMount {
		script, err := rman.NewScript(StepControlfile, rman.Startup{Force: f.Status == oracle.Mounted && mounted(f), NoMount: true})
		s.add(StepControlfile, "start the instance", script, err)
	}
	script, err := controlfileScript(p.ControlFile.Path)
	s.add(StepControlfile, "from "+p.ControlFile.Piece.Name, script, err)
	script, err = rman.NewScript(StepMount, rman.MountDatabase)
	s.add(StepMount, "", script, err)
}

func (w *writer) resetScript() *rman.Script {
	n, ok := incarnationNumber(&w.in.Facts, w.h.line.current().branch)
	if !ok {
		return nil
	}
	script, err := rman.NewScript(StepCatalog, rman.ResetDatabaseToIncarnation{Number: n})
	if err != nil {
		return nil
	}
	return script
}

// incarnationNumber is RMAN's key of an incarnation.
func incarnationNumber(f *oracle.Facts, b branch) (int, bool) {
	for _, i := range f.Incarnations {
		if i.ResetlogsSCN == b.scn && (b.time == "" || i.ResetlogsTime == b.time) {
			return i.Number, true
		}
	}
	return 0, false
}

// untilText names the end of recovery for people.
func (p *Plan) untilText() string {
	switch {
	case p.Complete:
		return "completely"
	case !p.at.IsZero():
		return "until " + p.local(p.at)
	default:
		return fmt.Sprintf("until SCN %d", p.SCN)
	}
}

func channelName(i int) string { return fmt.Sprintf("d%d", i+1) }
