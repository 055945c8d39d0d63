package s3sim

// xmlChecksums is a checksum as S3's XML has it: an element for each algorithm.
type xmlChecksums struct {
	ChecksumCRC32     string `xml:",omitempty"`
	ChecksumCRC32C    string `xml:",omitempty"`
	ChecksumCRC64NVME string `xml:",omitempty"`
	ChecksumSHA1      string `xml:",omitempty"`
	ChecksumSHA256    string `xml:",omitempty"`
}

func (x *xmlChecksums) field(a algorithm) *string {
	switch a {
	case crc32IEEE:
		return &x.ChecksumCRC32
	case crc32C:
		return &x.ChecksumCRC32C
	case sha1Sum:
		return &x.ChecksumSHA1
	case sha256Sum:
		return &x.ChecksumSHA256
	default:
		return &x.ChecksumCRC64NVME
	}
}

func (x *xmlChecksums) set(c checksum) { *x.field(c.Algorithm) = c.Value }

// contradicts reports whether a checksum is named that is not c.
func (x xmlChecksums) contradicts(c checksum) bool {
	for _, a := range algorithms {
		if v := *x.field(a); v != "" && (a != c.Algorithm || v != c.Value) {
			return true
		}
	}
	return false
}
