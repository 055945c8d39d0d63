package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

type dur = time.Duration

// check tells what is wrong with a value, or gives the form in which it is
// kept.
type check func(s string) (string, error)

// errNotAllowed stands where the key's "allowed" text already says it all.
var errNotAllowed = errors.New("not allowed")

// errHidden is errNotAllowed for a value that may hold a password.
var errHidden = errors.New("not allowed, value not shown")

func text(field func(*Config) *string, allowed string, c check) kind {
	return kind{allowed: allowed, set: func(cfg *Config, s string) (err error) {
		if s != "" {
			s, err = c(s)
		}
		*field(cfg) = s
		return err
	}}
}

func secret(field func(*Config) *Secret, allowed string, c check) kind {
	return kind{allowed: allowed, secret: true, set: func(cfg *Config, s string) (err error) {
		if s == "" {
			return nil
		}
		s, err = c(s)
		*field(cfg) = NewSecret(s)
		return err
	}}
}

// dir is a path; load makes it absolute before it comes here.
func dir(field func(*Config) *string) kind {
	return kind{allowed: "a path", path: true, set: func(cfg *Config, s string) error {
		if s != "" {
			s = filepath.Clean(s)
		}
		*field(cfg) = s
		return nil
	}}
}

// choice keeps the canonical spelling; case does not matter.
func choice(field func(*Config) *string, values ...string) kind {
	c := func(s string) (string, error) {
		i := slices.IndexFunc(values, func(v string) bool { return strings.EqualFold(v, s) })
		if i < 0 {
			return "", errNotAllowed
		}
		return values[i], nil
	}
	return text(field, strings.Join(values, ", "), c)
}

func count(field func(*Config) *int, low, high int) kind {
	return kind{allowed: fmt.Sprintf("a whole number, %d to %d", low, high), set: func(cfg *Config, s string) error {
		n, err := strconv.Atoi(s)
		if err != nil || n < low || n > high {
			return errNotAllowed
		}
		*field(cfg) = n
		return nil
	}}
}

func size(field func(*Config) *Bytes, low, high Bytes, off bool) kind {
	allowed := fmt.Sprintf("a size such as 4G or 200M, %s to %s", low, high)
	if off {
		allowed += "; 0 is off"
	}
	return kind{allowed: allowed, set: func(cfg *Config, s string) error {
		n, err := ParseBytes(strings.TrimSuffix(s, "/s"))
		if err != nil || (n < low || n > high) && (!off || n != 0) {
			return errNotAllowed
		}
		*field(cfg) = n
		return nil
	}}
}

func boolean(field func(*Config) *bool) kind {
	return kind{allowed: "true or false", set: func(cfg *Config, s string) error {
		switch strings.ToLower(s) {
		case "true", "1", "yes", "on":
			*field(cfg) = true
		case "false", "0", "no", "off":
			*field(cfg) = false
		default:
			return errNotAllowed
		}
		return nil
	}}
}

// unset lets a kind be empty, which leaves the field to what Load computes.
func unset(k kind) kind {
	set := k.set
	k.set = func(cfg *Config, s string) error {
		if s == "" {
			return nil
		}
		return set(cfg, s)
	}
	return k
}

func age(field func(*Config) *dur) kind {
	return kind{allowed: "a time such as 7d, 36h or 1d12h; 0 is off", set: func(cfg *Config, s string) error {
		d, err := parseAge(s)
		*field(cfg) = d
		return err
	}}
}

var ageForm = regexp.MustCompile(`^(?:(\d{1,4})w)?(?:(\d{1,5})d)?(?:(\d{1,6})h)?(?:(\d{1,7})m)?(?:(\d{1,8})s)?$`)

func parseAge(s string) (time.Duration, error) {
	if s == "0" {
		return 0, nil
	}
	m := ageForm.FindStringSubmatch(s)
	if m == nil || s == "" {
		return 0, errNotAllowed
	}
	var d time.Duration
	for i, unit := range []time.Duration{7 * 24 * time.Hour, 24 * time.Hour, time.Hour, time.Minute, time.Second} {
		n, _ := strconv.Atoi("0" + m[i+1])
		d += time.Duration(n) * unit
	}
	return d, nil
}

func names(field func(*Config) *[]string) kind {
	return kind{allowed: "names of tablespaces separated by commas, never SYSTEM", set: func(cfg *Config, s string) error {
		var list []string
		for name := range strings.SplitSeq(s, ",") {
			if name = strings.ToUpper(strings.TrimSpace(name)); name == "" {
				continue
			}
			if !validTablespace(name) || name == "SYSTEM" || strings.HasSuffix(name, ":SYSTEM") {
				return errNotAllowed
			}
			list = append(list, name)
		}
		*field(cfg) = list
		return nil
	}}
}

var (
	sidForm        = regexp.MustCompile(`^[A-Za-z0-9_$#+-]+$`)
	wordForm       = regexp.MustCompile(`^[A-Za-z0-9_.-]+$`)
	upperForm      = regexp.MustCompile(`^[A-Z0-9_]+$`)
	bucketForm     = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]+[A-Za-z0-9]$`)
	bucketARNForm  = regexp.MustCompile(`^arn:[a-z-]+:s3[a-z-]*:[a-z0-9-]*:[0-9]*:[A-Za-z0-9._:/-]+$`)
	tablespaceForm = regexp.MustCompile(`^([A-Z][A-Z0-9_$#]*:)?[A-Z][A-Z0-9_$#]*$`)
)

// validTablespace takes NAME or PDB:NAME.
func validTablespace(s string) bool {
	pdb, name, ok := strings.Cut(s, ":")
	if !ok {
		pdb, name = "", s
	}
	return len(pdb) <= 30 && len(name) <= 128 && tablespaceForm.MatchString(s)
}

func plain(s string) (string, error) { return s, nil }

// matching checks form and length. The length stands beside the form because a
// counted repetition compiles into that many copies, at every start.
func matching(form *regexp.Regexp, most int, s string) (string, error) {
	if len(s) > most || !form.MatchString(s) {
		return "", errNotAllowed
	}
	return s, nil
}

func sid(s string) (string, error)       { return matching(sidForm, 64, s) }
func word(s string) (string, error)      { return matching(wordForm, 128, s) }
func upperWord(s string) (string, error) { return matching(upperForm, 64, strings.ToUpper(s)) }

// lacks are the words of S3_CAPABILITIES, kept without blanks.
func lacks(s string) (string, error) {
	list := strings.Split(strings.ToLower(strings.ReplaceAll(s, " ", "")), ",")
	for _, w := range list {
		known := slices.Contains([]string{"no-conditional", "no-checksum", "no-multipart-checksum"}, w)
		if !known && (w != "auto" || len(list) > 1) {
			return "", errNotAllowed
		}
	}
	return strings.Join(list, ","), nil
}

func absolute(s string) (string, error) {
	if !filepath.IsAbs(s) {
		return "", errNotAllowed
	}
	return filepath.Clean(s), nil
}

func bucket(s string) (string, error) {
	if bucketARNForm.MatchString(s) {
		return s, nil
	}
	return matching(bucketForm, 255, s)
}

// prefix keeps folders without a leading and with one trailing slash.
func prefix(s string) (string, error) {
	s = strings.Trim(s, "/")
	for part := range strings.SplitSeq(s, "/") {
		if part == "" || part == "." || part == ".." || strings.Contains(part, `\`) || strings.TrimSpace(part) != part {
			return "", errNotAllowed
		}
	}
	return s + "/", nil
}

func endpoint(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil || u.User != nil || strings.Contains(s, "@") {
		return "", errHidden
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" {
		return "", errNotAllowed
	}
	return strings.TrimRight(s, "/"), nil
}

func webURL(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		return "", errHidden
	}
	return s, nil
}

// overNet tells whether the address is plain http to another machine.
func overNet(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" || u.Hostname() == "localhost" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return ip == nil || !ip.IsLoopback()
}
