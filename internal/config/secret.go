package config

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
)

const hidden = "***"

// Secret is a value that must not be seen. Whatever formats, logs or encodes
// it gets "***"; only Reveal gives the value. It sits behind a pointer, because
// fmt prints unexported fields without asking their methods. The zero value is
// the empty secret.
type Secret struct{ value *string }

// NewSecret wraps a value.
func NewSecret(s string) Secret { return Secret{value: &s} }

// Reveal gives the value, for the one place that needs it.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// Empty tells whether there is no value.
func (s Secret) Empty() bool { return s.Reveal() == "" }

// String is always "***".
func (Secret) String() string { return hidden }

// GoString is always "***".
func (Secret) GoString() string { return hidden }

// Format writes "***" for every verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// MarshalJSON is always "***".
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }

// MarshalText is always "***".
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue is always "***".
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// WithoutSecrets is an environment (as os.Environ gives it) without the
// variables that are secrets to this program: for children that need none of
// them. The access key goes with its secret; alone it only misleads.
func WithoutSecrets(env []string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		return name == "AWS_ACCESS_KEY_ID" || slices.ContainsFunc(keys, func(k key) bool {
			return k.kind.secret && (k.name == name || slices.Contains(k.aliases, name))
		})
	})
}
