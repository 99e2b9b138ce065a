package wire

import (
	"strings"
	"testing"
)

// bitstream packs bits as they follow each other in a DEFLATE stream: Huffman
// codes from their first bit on, numbers from their lowest.
func bitstream(s string) []byte {
	s = strings.ReplaceAll(s, " ", "")
	p := make([]byte, (len(s)+7)/8)
	for i := range s {
		p[i/8] |= (s[i] - '0') << (i % 8)
	}
	return p
}

func TestInflateBits(t *testing.T) {
	const (
		fixed   = "0 10 "
		dynamic = "0 01 "
		a       = "01110001 "                    // the letter in the fixed code
		nine    = "110010000 "                   // the byte 0x90 in the fixed code
		runs    = "00000 00000 0000 " + zeroRuns // 257 literals and one distance, and a code for their lengths:
		// 0 a length of 0, 1 a run of 11 or more zeros
		lone = "00000 00000 0111 000 000 100 010" + skip13 + "010 " // 0 a run of zeros, 10 a length of 0, 11 one of 1
		two  = "10000 00000 0111 000 000 100 010" + skip13 + "010 " // the same with 258 literals
		zero = "0 1111111 0 1101011 "                               // 138 and 118 zeros in that code
	)
	for _, c := range []struct {
		name, bits, text string
		fault            InflateFault
	}{
		{"length symbol 286", fixed + "11000110", "", InflateCorrupt},
		{"length symbol 287", fixed + "11000111", "", InflateCorrupt},
		{"distance symbol 30", fixed + a + "0000001 11110", "A", InflateCorrupt},
		{"cut in a length", fixed + nine + "11000100", "\x90", InflateTruncated},
		{"cut before a distance", fixed + nine + nine + "0000001", "\x90\x90", InflateTruncated},
		{"cut in a distance", fixed + a + "0000001 11101", "A", InflateTruncated},
		{"a run", fixed + a + "0000001 00000 0000000 0 00", "AAAA", InflateOK},
		{"the longest run", fixed + a + "11000101 00000 0000000 0 00", strings.Repeat("A", 259), InflateOK},
		{"cut in the counts", dynamic + "00000", "", InflateTruncated},
		{"287 literals", dynamic + "01111 00000 0000", "", InflateCorrupt},
		{"31 distances", dynamic + "00000 01111 0000", "", InflateCorrupt},
		{"cut in the lengths of lengths", dynamic + "00000 00000 1111", "", InflateTruncated},
		{"one length of lengths", dynamic + "00000 00000 0000 100 000 000 000", "", InflateCorrupt},
		{"too many lengths of lengths", dynamic + "00000 00000 0000 100 100 100 000", "", InflateCorrupt},
		{"a repetition of nothing", dynamic + "00000 00000 0000 100 000 100 000 000", "", InflateCorrupt},
		{"a run beyond the end", dynamic + runs + "1 1111111 1 1111111", "", InflateCorrupt},
		{"cut in a run", dynamic + runs + "1", "", InflateTruncated},
		{"cut in the lengths", dynamic + runs + "1 1111111", "", InflateTruncated},
		{"no end of block", dynamic + runs + "1 1111111 1 1011011", "", InflateCorrupt},
		{"nothing but the end of block", dynamic + lone + zero + "11 10 0 0 00", "", InflateOK},
		{"a code that is none", dynamic + lone + zero + "11 10 1 111111111111111", "", InflateCorrupt},
		{"a distance without a code", dynamic + two + zero + "11 11 10 1 000000000000000", "", InflateCorrupt},
		{"two ends of a block", dynamic + two + zero + "11 11 10 0 0 00", "", InflateOK},
		{"too many literals of one bit", dynamic + two + "0 1111111 0 0101011 11 11 11 10 00", "", InflateCorrupt},
	} {
		got, fault := NewInflater(15, true).Message(nil, bitstream(c.bits), 1000)
		if string(got) != c.text || fault != c.fault {
			t.Errorf("%s: %q, %v, want %v", c.name, got, fault, c.fault)
		}
	}
}

// Parts of the header of a dynamic block: lengths for 16, 17, 18 and 0, and
// thirteen lengths of zero.
const (
	zeroRuns = "000 000 100 100 "
	skip13   = "000 000 000 000 000 000 000 000 000 000 000 000 000 "
)
