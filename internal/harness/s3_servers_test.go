package harness

import (
	"testing"
	"time"

	"orabak-tui/internal/s3fault"
	"orabak-tui/internal/s3servers"
)

// TestFaultsBeforeServers: faults before each S3 server of others that this
// machine has, and at the end the loss of everything.
func TestFaultsBeforeServers(t *testing.T) {
	if len(s3servers.Available()) == 0 {
		t.Skip("no other S3 server is on this machine: .ci/install-servers builds them")
	}
	for i, server := range s3servers.Available() {
		t.Run(server.Name, func(t *testing.T) {
			t.Parallel()
			w := newHost(t, 340+uint64(i))
			w.stall = 4 * time.Second // they sync their disks, which others use too
			w.at = s3servers.Start(t, server.Name)
			w.proxy, w.url = s3fault.Start(t, w.at.URL, *seed)
			w.configure()
			w.batch("full")
			all := gusts(backupStorms())
			w.dice.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			for n, g := range all[:3+21*oneIf(*long)] {
				w.work(6)
				g.name = server.Name + ": faults in a backup"
				w.backupIn(g, n)
			}
			w.disaster(server.Name + ": faults in a backup")
		})
	}
}
