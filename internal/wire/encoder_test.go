package wire

import "testing"

// spent returns how much of a code space of 2^maxCode the lengths take.
func spent(lengths []uint8) (sum int) {
	for _, l := range lengths {
		if l > 0 {
			sum += 1 << (maxCode - l)
		}
	}
	return sum
}

// rabbits are counts that make the deepest tree there is for what they add up to.
func rabbits(e *encoder) {
	a, b := uint32(1), uint32(1)
	for symbol := 0; b < maxBlock/2; symbol++ {
		e.counts[symbol] = a
		a, b = b, a+b
	}
}

func TestEncoderLimitsLengths(t *testing.T) {
	for name, fill := range map[string]func(*encoder){
		"nothing":        func(*encoder) {},
		"one":            func(e *encoder) { e.counts[200] = 5 },
		"the first":      func(e *encoder) { e.counts[0] = 5 },
		"two":            func(e *encoder) { e.counts[3], e.counts[4] = 1, 1000 },
		"nineteen alike": func(e *encoder) { fillAlike(e, 19) },
		"all alike":      func(e *encoder) { fillAlike(e, maxLiteral) },
		"rabbits":        rabbits,
	} {
		for _, limit := range []int{5, maxLengthCode, 9, maxCode} {
			var e encoder
			e.reset(maxLiteral)
			if fill(&e); limit < 9 && e.counts[100] > 0 {
				continue // more than there are codes
			}
			e.measure(limit)
			for symbol, l := range e.lengths {
				if int(l) > limit || e.counts[symbol] > 0 && l == 0 {
					t.Errorf("%s, limit %d: symbol %d has %d bits", name, limit, symbol, l)
				}
			}
			if got := spent(e.lengths[:]); got != 1<<maxCode {
				t.Errorf("%s, limit %d: the code takes %d of %d", name, limit, got, 1<<maxCode)
			}
		}
	}
}

func fillAlike(e *encoder, n int) {
	for symbol := range e.counts[:n] {
		e.counts[symbol] = 7
	}
}

// TestEncoderIsShortest holds the lengths against a tree worked out by hand.
func TestEncoderIsShortest(t *testing.T) {
	var e encoder
	e.reset(6)
	copy(e.counts[:], []uint32{5, 9, 12, 13, 16, 45})
	e.measure(maxCode)
	if got := e.cost(&e.lengths); got != 224 {
		t.Errorf("%d bits, want 224", got)
	}
}

func TestSymbolsOfMatches(t *testing.T) {
	for length := 3; length <= maxMatch; length++ {
		m := match{length: uint16(length)}
		symbol := m.lengthSymbol() - endOfBlock - 1
		if low, high := spanOf(lengthCodes[symbol]); length != maxMatch && (length < low || length > high) {
			t.Errorf("length %d: symbol %d is %d to %d", length, symbol, low, high)
		}
		if (length == maxMatch) != (symbol == 28) {
			t.Errorf("length %d: symbol %d", length, symbol)
		}
	}
	for distance := 1; distance <= maxDistance; distance++ {
		symbol, extra := match{distance: uint16(distance)}.distanceSymbol()
		if low, high := spanOf(distanceCodes[symbol]); distance < low || distance > high || uint8(extra) != distanceCodes[symbol].bits {
			t.Errorf("distance %d: symbol %d is %d to %d", distance, symbol, low, high)
		}
	}
}

func spanOf(e extra) (low, high int) { return int(e.base), int(e.base) + 1<<e.bits - 1 }
