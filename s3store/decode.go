package s3store

import (
	"bytes"
	"encoding/json"
)

// maxDepth bounds the nesting of a manifest's JSON; ours is four deep.
const maxDepth = 32

// ParseManifest reads and validates a manifest. Errors are of kind ErrFormat.
func ParseManifest(b []byte) (*Manifest, error) {
	if len(b) > maxManifest {
		return nil, invalid("%d bytes are too many", len(b))
	}
	if tooDeep(b) {
		return nil, invalid("nested too deeply")
	}
	var head struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(b, &head); err != nil {
		return nil, invalid("not JSON as expected: %v", err)
	}
	// The number is judged first: of a later format no field is known.
	if err := checkFormat(&Manifest{Format: head.Format}); err != nil {
		return nil, err
	}
	m := new(Manifest)
	if err := json.Unmarshal(b, m); err != nil {
		return nil, invalid("not JSON as expected: %v", err)
	}
	if err := m.Validate(); err != nil {
		return nil, err
	}
	return m, nil
}

// encodeManifest is the form in the bucket: indented, since people read it in
// need, and the same bytes for the same manifest.
func encodeManifest(m *Manifest) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(m); err != nil {
		return nil, invalid("%v", err)
	}
	return b.Bytes(), nil
}

// tooDeep scans JSON for nesting beyond maxDepth before a decoder recurses.
func tooDeep(b []byte) bool {
	depth, inString := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}
