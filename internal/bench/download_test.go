package bench

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/minio/crc64nvme"
)

// BenchmarkDownload fetches 8 pieces with verification, beside curl -o, rclone
// and aws, over http (where the floor is the write to the target).
func BenchmarkDownload(b *testing.B) {
	size := *unit << 20
	for _, secure := range []bool{false, true} {
		name, url, ca := "http", "", ""
		if secure {
			name = "https"
			url, ca = endpointTLS(b)
		} else {
			url = endpoint(b)
		}
		b.Run(name, func(b *testing.B) { download(b, newSite(b, url, ca), size, name) })
	}
}

func download(b *testing.B, s *site, size int64, name string) {
	s.fill(b, 8, size/8)
	measure(b, role(b, "put", append([]string{"-url", s.url, "-ca", s.ca, "-cache", s.cache, "-dir", s.dir}, s.names...)...))
	sum := noiseSum(size / 8)
	to := filepath.Join(memoryDir(b), "to")
	fresh := func() { warmTarget(b, to, size) }
	all := []contender{{name: "ours", prepare: fresh, command: func() *exec.Cmd {
		return role(b, "get", append([]string{"-url", s.url, "-ca", s.ca, "-cache", s.cache, "-dir", to, "-size", fmt.Sprint(size / 8), "-sum", sum}, s.names...)...)
	}}}
	prefix := strings.TrimSuffix(pieceKey(b, s, ""), "/") // the set's folder
	if path, ok := installed("curl"); ok {
		all = append(all, contender{name: "curl", prepare: fresh, command: func() *exec.Cmd { return s.curl(path, prefix, to) }})
	}
	if path, ok := installed("rclone"); ok {
		all = append(all, contender{name: "rclone", prepare: fresh, command: func() *exec.Cmd { return s.rclone(path, ":s3:"+bucketName+"/"+prefix, to) }})
	}
	if path, ok := installed("aws"); ok {
		all = append(all, contender{name: "aws", prepare: fresh, command: func() *exec.Cmd { return s.aws(path, "s3://"+bucketName+"/"+prefix, to) }})
	}
	got := duel(b, all)
	logAll(b, got, size)
	w, c := best(got, wall, "curl", "rclone", "aws"), best(got, cpu, "curl", "rclone", "aws")
	what := "download, 8 pieces, " + name
	report(what+": wall ÷ best peer", "≤ 1.0", ratios(got["ours"], got[w], wall).ratio(), "best is "+w)
	report(what+": CPU ÷ best peer", "≤ 1.0", ratios(got["ours"], got[c], cpu).ratio(), "best is "+c)
	report(what+": peak memory, MiB", "≤ 96", rssOf(got["ours"]).format("%.0f"), "")
}

// curl fetches all of the files at once, into one folder.
func (s *site) curl(path, prefix, to string) *exec.Cmd {
	args := []string{"-sS", "--parallel", "--parallel-max", "4", "--cacert", s.ca}
	if s.ca == "" {
		args = args[:len(args)-2]
	}
	for _, n := range s.names {
		args = append(args, "-o", filepath.Join(to, n), fmt.Sprintf("%s/%s/%s/%s", s.url, bucketName, prefix, n))
	}
	return exec.Command(path, args...)
}

// pieceKey is where the set's pieces lie.
func pieceKey(b *testing.B, s *site, name string) string {
	st, err := openStore(s.url, s.ca, s.cache)
	if err != nil {
		b.Fatal(err)
	}
	return filepath.Dir(st.PieceKey(benchSet, benchStart, "x"+name)) + "/" + name
}

// noiseSum is the checksum of the first n bytes of the noise, as manifests
// have it.
func noiseSum(n int64) string {
	var crc uint64
	for ; n > 0; n -= int64(len(noise)) {
		crc = crc64nvme.Update(crc, noise[:min(n, int64(len(noise)))])
	}
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint64(nil, crc))
}

// warmTarget empties a folder in memory, after touching as much of it as will
// be written: a guest may have given its free pages back to the host, and the
// first writer would pay for getting them again.
func warmTarget(b *testing.B, dir string, size int64) {
	b.Helper()
	writeFile(b, filepath.Join(dir, "touched"), size)
	if err := os.RemoveAll(dir); err != nil {
		b.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		b.Fatal(err)
	}
}
