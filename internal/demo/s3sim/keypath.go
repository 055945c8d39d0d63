package s3sim

import (
	"net/url"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// An object's key becomes a path that a person can read: backups/2026/x.bkp is
// the file backups/2026/x.bkp@<id>.data, described by
// backups/2026/x.bkp@meta.json beside it. Keys are not file names, though:
// "a" and "a/b" can both exist, as can "a//b", "../x" or a kilobyte without a
// slash. So each component is percent-encoded (a leading dot too), the empty
// one is "@", and one of chunkLen bytes or more is cut into a folder ending in
// "~" for every chunkLen bytes. "@" and "~" occur in no encoded component.
const (
	chunkLen   = 76 // encoded, at most 228 of a file name's 255 bytes
	maxKeyLen  = 1024
	metaSuffix = "@meta.json"
	dataSuffix = ".data"
	emptyName  = "@"
	moreSuffix = "~"
)

// checkKey refuses what cannot be a key.
func checkKey(key string) error {
	switch {
	case key == "":
		return errInvalidArgument.because("The key is empty.")
	case len(key) > maxKeyLen:
		return errKeyTooLong
	case !utf8.ValidString(key):
		return errInvalidArgument.because("The key is not valid UTF-8.")
	}
	return nil
}

// keyPath is where an object's files are: the folder, below that of all
// objects, and their name without suffix (empty for a key that ends in a
// slash).
func keyPath(key string) (folder, name string) {
	var path []string
	for _, component := range strings.SplitAfter(key, "/") {
		c, inner := strings.CutSuffix(component, "/")
		for len(c) >= chunkLen {
			path = append(path, encodeName(c[:chunkLen])+moreSuffix)
			c = c[chunkLen:]
		}
		name := encodeName(c)
		if inner && name == "" {
			name = emptyName
		}
		path = append(path, name)
	}
	last := len(path) - 1
	return filepath.Join(path[:last]...), path[last]
}

func encodeName(s string) string {
	s = strings.ReplaceAll(awsEscape(s, false), "~", "%7E")
	if strings.HasPrefix(s, ".") {
		s = "%2E" + s[1:]
	}
	return s
}

// decodeEntry tells which part of a key an entry of a folder stands for: a
// whole component with its slash, a chunk of one, or an object's last part.
// ok is false for files that stand for no key.
func decodeEntry(name string, folder bool) (part string, ok bool) {
	slash := ""
	switch {
	case !folder:
		if name, ok = strings.CutSuffix(name, metaSuffix); !ok {
			return "", false
		}
	case name == emptyName:
		return "/", true
	case strings.HasSuffix(name, moreSuffix):
		name = strings.TrimSuffix(name, moreSuffix)
	default:
		slash = "/"
	}
	part, err := url.PathUnescape(name)
	return part + slash, err == nil && encodeName(part) == name
}
