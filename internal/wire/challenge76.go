package wire

import (
	"crypto/md5"
	"encoding/binary"
	"io"
	"math"
	"math/bits"
	"strconv"
)

// Key76 is what a Sec-WebSocket-Key1 or -Key2 of hixie-76 says
// (draft-hixie-thewebsocketprotocol-76 §5.2).
type Key76 struct {
	Number   uint64 // its digits, read as one number
	Spaces   uint64 // how many U+0020 it has
	Overflow bool   // the number does not fit 64 bits
}

// ParseKey76 reads a key of the hixie-76 challenge.
func ParseKey76(value string) (k Key76) {
	for i := 0; i < len(value); i++ {
		b := value[i]
		if b == ' ' {
			k.Spaces++
		}
		if b < '0' || b > '9' {
			continue
		}
		high, low := bits.Mul64(k.Number, 10)
		sum, carry := bits.Add64(low, uint64(b-'0'), 0)
		k.Number = sum
		k.Overflow = k.Overflow || high+carry != 0
	}
	return k
}

// Part returns Number / Spaces. ok is false for a key that the draft tells a
// server to abort on: no spaces, a remainder, or a part beyond 32 bits.
func (k Key76) Part() (part uint32, ok bool) {
	if k.Spaces == 0 || k.Overflow || k.Number%k.Spaces != 0 || k.Number/k.Spaces > math.MaxUint32 {
		return 0, false
	}
	return uint32(k.Number / k.Spaces), true
}

// Challenge76 returns the 16 bytes that answer a hixie-76 challenge; ok is false
// when one of the keys calls for an abort.
func Challenge76(key1, key2 string, key3 [8]byte) (answer [16]byte, ok bool) {
	part1, ok1 := ParseKey76(key1).Part()
	part2, ok2 := ParseKey76(key2).Part()
	if !ok1 || !ok2 {
		return answer, false
	}
	var challenge [16]byte
	binary.BigEndian.PutUint32(challenge[0:], part1)
	binary.BigEndian.PutUint32(challenge[4:], part2)
	copy(challenge[8:], key3[:])
	return md5.Sum(challenge[:]), true
}

// NewKey76 makes a key as draft-hixie-thewebsocketprotocol-76 §4.1 tells a
// client to: a multiple of 1 to 12, with 1 to 12 other characters in it, and as
// many spaces, none at an end.
func NewKey76(random io.Reader) string {
	d := dice{random}
	spaces := 1 + d.below(12)
	number := d.below(math.MaxUint32/spaces + 1)
	key := strconv.AppendUint(nil, number*spaces, 10)
	for range 1 + d.below(12) {
		key = insert(key, d.below(uint64(len(key))+1), d.letter())
	}
	for range spaces {
		key = insert(key, 1+d.below(uint64(len(key))-1), ' ')
	}
	return string(key)
}

// dice draws numbers from a source of random bytes.
type dice struct{ random io.Reader }

// below returns a number from 0 to n-1. What the modulo favours is less than
// one in 2^32 for the numbers asked for here.
func (d dice) below(n uint64) uint64 {
	var b [8]byte
	io.ReadFull(d.random, b[:])
	return binary.BigEndian.Uint64(b[:]) % n
}

// letter returns a character of U+0021 to U+002F or U+003A to U+007E.
func (d dice) letter() byte {
	const before, after = '/' - '!' + 1, '~' - ':' + 1
	if i := d.below(before + after); i < before {
		return '!' + byte(i)
	} else {
		return ':' + byte(i-before)
	}
}

// insert puts b into key at index at.
func insert(key []byte, at uint64, b byte) []byte {
	key = append(key, 0)
	copy(key[at+1:], key[at:])
	key[at] = b
	return key
}
