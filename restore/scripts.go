package restore

import (
	"time"

	"orabak-tui/internal/rman"
)

// The scripts of a restore, one for each step. A step that fails is looked at
// and can be repeated by itself.

func (p *Plan) until() []rman.Statement {
	switch {
	case p.Complete:
		return nil
	case p.at.IsZero():
		return []rman.Statement{rman.SetUntil{SCN: p.SCN}}
	default:
		local := p.at.Add(time.Duration(p.Zone) * time.Minute).UTC()
		return []rman.Statement{rman.SetUntil{Time: local.Format(rman.TimeLayout)}}
	}
}

// block is a RUN block with the plan's channels and end of recovery. A single
// channel is allocated too: RMAN's own may be configured for tape.
func (p *Plan) block(name string, work ...rman.Statement) (*rman.Script, error) {
	return rman.NewScript(name, p.runBlock(work...))
}

func (p *Plan) runBlock(work ...rman.Statement) rman.RunBlock {
	var run rman.RunBlock
	for i := range max(p.channels, 1) {
		run = append(run, rman.AllocateChannel{Name: channelName(i)})
	}
	run = append(run, p.until()...)
	return append(run, work...)
}

// restoreScript restores some of the plan's datafiles, or all of them, after
// what must be done before.
func (p *Plan) restoreScript(files []FileUse, before ...rman.Statement) (*rman.Script, error) {
	var work rman.Statement = rman.RestoreDatabase{}
	if !p.whole || len(files) < len(p.Files) {
		var numbers []int
		for _, f := range files {
			numbers = append(numbers, f.Number)
		}
		work = rman.RestoreDatafiles{Files: numbers}
	}
	return rman.NewScript(StepRestore, append(before, p.runBlock(work))...)
}

// recoverScript takes the datafiles that no set holds on purpose offline
// first: recovery would ask for them. Restored datafiles that an open database
// had taken offline come online: recovery would pass over them. What must be
// done before comes before all of it.
func (p *Plan) recoverScript(before ...rman.Statement) (*rman.Script, error) {
	var work []rman.Statement
	for _, n := range p.revived {
		work = append(work, rman.SetDatafileOnline{File: n, Online: true})
	}
	for _, n := range p.excluded {
		work = append(work, rman.SetDatafileOnline{File: n})
	}
	return rman.NewScript(StepRecover, append(before, p.runBlock(append(work, rman.RecoverDatabase{})...))...)
}

func (p *Plan) openScript() (*rman.Script, error) {
	if p.Complete {
		return rman.NewScript(StepOpen, rman.OpenDatabase)
	}
	return rman.NewScript(StepOpen, rman.OpenResetlogs)
}

func (p *Plan) catalogScript() (*rman.Script, error) {
	return rman.NewScript(StepCatalog, rman.CatalogStartWith{Dir: p.catalogDir})
}

func mountScript(started bool) (*rman.Script, error) {
	return rman.NewScript(StepMount, rman.Startup{NoMount: true, Force: started}, rman.MountDatabase)
}

func spfileScript(dbid int64, piece string) (*rman.Script, error) {
	return rman.NewScript(StepSpfile, rman.SetDBID{DBID: dbid}, rman.Startup{NoMount: true},
		rman.RestoreSpfile{From: piece}, rman.Startup{Force: true, NoMount: true})
}

func controlfileScript(piece string) (*rman.Script, error) {
	return rman.NewScript(StepControlfile, rman.RestoreControlfile{From: piece})
}
