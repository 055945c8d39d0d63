package rman

import "strings"

// SetCompressionAlgorithm chooses how compressed backup sets are compressed.
// All but BASIC need the Advanced Compression option.
type SetCompressionAlgorithm struct{ Name string } // BASIC, LOW, MEDIUM or HIGH

func (SetCompressionAlgorithm) place() place { return anywhere }

func (s SetCompressionAlgorithm) render(r *render) {
	name := strings.ToUpper(s.Name)
	switch name {
	case "BASIC", "LOW", "MEDIUM", "HIGH":
	default:
		r.refuse("compression algorithm", s.Name, "RMAN knows no such algorithm", "use BASIC, LOW, MEDIUM or HIGH")
	}
	r.put("SET COMPRESSION ALGORITHM")
	r.value(Quote("compression algorithm", name))
	r.end()
}
