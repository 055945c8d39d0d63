package restore

import (
	"cmp"
	"path/filepath"
	"slices"

	"orabak-tui/s3store"
)

// pick is a backup set that is read, with the first wave that needs it.
type pick struct {
	bs   *backupSet
	wave Wave
	uses []string
}

// picks collects backup sets without repeats, in the order of need.
type picks struct {
	list []*pick
	by   map[*backupSet]*pick
}

func (p *picks) add(bs *backupSet, wave Wave, use string) {
	if p.by == nil {
		p.by = map[*backupSet]*pick{}
	}
	if p.by[bs] == nil {
		p.by[bs] = &pick{bs: bs, wave: wave}
		p.list = append(p.list, p.by[bs])
	}
	k := p.by[bs]
	k.wave = min(k.wave, wave)
	if !slices.Contains(k.uses, use) {
		k.uses = append(k.uses, use)
	}
}

// choose picks the backup sets that a way reads, and none that it does not.
func (r *reach) choose() *picks {
	p := &picks{}
	for _, c := range r.chains {
		if c.level0 != nil {
			p.add(c.level0.bs, WaveLevel0, "level 0")
		}
		for _, f := range c.level1 {
			p.add(f.bs, WaveLevel1, "level 1")
		}
	}
	for _, bs := range coverLogs(r.logs, p) {
		p.add(bs, WaveLogs, "logs")
	}
	return p
}

// coverLogs picks backup sets for the logs that are not on this host: for each
// log in turn the set that brings most of what is still missing, and at the end
// none that the others make superfluous.
func coverLogs(logs []*logEntry, have *picks) []*backupSet {
	missing, worth := map[*logEntry]bool{}, map[*backupSet]int{}
	for _, e := range logs {
		if e.path == "" {
			missing[e] = true
			for _, bs := range e.in {
				worth[bs]++
			}
		}
	}
	var chosen []*backupSet
	take := func(bs *backupSet) {
		chosen = append(chosen, bs)
		for _, e := range logs {
			if missing[e] && slices.Contains(e.in, bs) {
				delete(missing, e)
				for _, other := range e.in {
					worth[other]--
				}
			}
		}
	}
	for _, k := range have.list {
		if worth[k.bs] > 0 {
			take(k.bs)
		}
	}
	for _, e := range logs {
		if missing[e] {
			take(slices.MaxFunc(e.in, func(a, b *backupSet) int {
				return cmp.Or(cmp.Compare(worth[a], worth[b]), cmp.Compare(b.bytes-b.here, a.bytes-a.here))
			}))
		}
	}
	return needed(logs, chosen)
}

// needed drops the sets whose logs all come with other sets too.
func needed(logs []*logEntry, chosen []*backupSet) []*backupSet {
	count := map[*logEntry]int{}
	holds := map[*backupSet][]*logEntry{}
	for _, e := range logs {
		if e.path != "" {
			continue
		}
		for _, bs := range e.in {
			if slices.Contains(chosen, bs) {
				count[e]++
				holds[bs] = append(holds[bs], e)
			}
		}
	}
	return slices.DeleteFunc(chosen, func(bs *backupSet) bool {
		for _, e := range holds[bs] {
			if count[e] == 1 {
				return false
			}
		}
		for _, e := range holds[bs] {
			count[e]--
		}
		return true
	})
}

// placeOf is where a piece of a set is, or will be after its download. Set id
// and name are plain names: a backup set with others is not used.
func (w *writer) placeOf(m *s3store.Manifest, p s3store.Piece) (path string, here bool) {
	if path, here = w.in.Present[p.Key]; here {
		return path, true
	}
	return filepath.Join(w.plan.catalogDir, m.ID, p.Name), false
}
