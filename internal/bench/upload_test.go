package bench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// BenchmarkUploadPiece sends one large piece, beside curl -T (no checksum, no
// signature) and the SDK's manager at its defaults.
func BenchmarkUploadPiece(b *testing.B) {
	size := *unit << 20
	s := newSite(b, endpoint(b), "")
	s.fill(b, 1, size)
	path := filepath.Join(s.dir, s.names[0])
	all := []contender{s.put(b)}
	if curl, ok := installed("curl"); ok {
		all = append(all, contender{name: "curl", command: func() *exec.Cmd {
			return exec.Command(curl, "-sS", "-o", os.DevNull, "-T", path, fmt.Sprintf("%s/%s/%s", s.url, bucketName, s.target()))
		}})
	}
	if manager := buildPeer(b); manager != "" {
		all = append(all, contender{name: "manager", command: func() *exec.Cmd {
			cmd := exec.Command(manager, s.url, bucketName, s.target(), path)
			cmd.Env = s.env()[:len(s.env())-3]
			return cmd
		}})
	}
	got := duel(b, all)
	logAll(b, got, size)
	report("upload, one piece: wall ÷ curl -T", "≤ 1.1", ratios(got["ours"], got["curl"], wall).ratio(), sized(size))
	report("upload, one piece: wall ÷ SDK manager", "≤ 0.6", ratios(got["ours"], got["manager"], wall).ratio(), sized(size))
	report("upload, one piece: CPU ÷ SDK manager", "≤ 0.45", ratios(got["ours"], got["manager"], cpu).ratio(), sized(size))
	report("upload, one piece: peak memory, MiB", "≤ 96", rssOf(got["ours"]).format("%.0f"), sized(size))
}

func sized(n int64) string { return fmt.Sprintf("%d MiB", n>>20) }

// buildPeer builds the uploader on the SDK's manager, which is a module of its
// own; "" where it cannot be built.
func buildPeer(b *testing.B) string {
	path := filepath.Join(b.TempDir(), "manager")
	cmd := exec.Command("go", "build", "-o", path, ".")
	cmd.Dir = "peer"
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Logf("the SDK's manager cannot be built: %s", out)
		return ""
	}
	return path
}

// versus has the peers send the site's files and reports by the best of them.
func versus(b *testing.B, s *site, size int64, what, aimWall, aimCPU string) {
	got := duel(b, append(s.peers(), s.put(b)))
	logAll(b, got, size)
	w, c := best(got, wall, "rclone", "aws"), best(got, cpu, "rclone", "aws")
	report(what+": wall ÷ best peer", aimWall, ratios(got["ours"], got[w], wall).ratio(), "best is "+w)
	if aimCPU != "" {
		report(what+": CPU ÷ best peer", aimCPU, ratios(got["ours"], got[c], cpu).ratio(), "best is "+c)
	}
}

// BenchmarkUploadSet sends 8 pieces beside rclone and aws at their defaults.
func BenchmarkUploadSet(b *testing.B) {
	size := *unit << 20
	b.Run("http", func(b *testing.B) {
		s := newSite(b, endpoint(b), "")
		s.fill(b, 8, size/8)
		versus(b, s, size, "upload, 8 pieces, http", "≤ 0.3", "≤ 0.25")
	})
	b.Run("https", func(b *testing.B) {
		url, ca := endpointTLS(b)
		s := newSite(b, url, ca)
		s.fill(b, 8, size/8)
		versus(b, s, size, "upload, 8 pieces, https", "≤ 0.45", "≤ 0.4")
	})
	b.Run("versitygw", func(b *testing.B) {
		s := newSite(b, versitygw(b), "")
		s.fill(b, 8, size/32)
		versus(b, s, size/4, "upload, 8 pieces, versitygw", "≤ 0.75", "≤ 0.35")
	})
}

// BenchmarkUploadSmall sends many pieces of 1 MiB.
func BenchmarkUploadSmall(b *testing.B) {
	const count = 2000
	s := newSite(b, endpoint(b), "")
	s.fill(b, count, 1<<20)
	versus(b, s, count<<20, "upload, 2,000 × 1 MiB", "≤ 0.5", "")
}
