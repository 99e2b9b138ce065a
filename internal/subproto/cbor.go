package subproto

import "github.com/fxamacker/cbor/v2"

// diagnosis writes CBOR in the diagnostic notation of RFC 8949 §8, within bounds.
var diagnosis, _ = cbor.DiagOptions{MaxNestedLevels: maxDepth, MaxArrayElements: maxValues, MaxMapPairs: maxValues}.DiagMode()

// values reads CBOR within the same bounds.
var values, _ = cbor.DecOptions{MaxNestedLevels: maxDepth, MaxArrayElements: maxValues, MaxMapPairs: maxValues}.DecMode()

func describeCBOR(p []byte) Description {
	s, err := diagnosis.Diagnose(p)
	if err != nil {
		return Description{}
	}
	return Description{Name: "CBOR", Pretty: s}
}

// keysOf counts the keys of the maps in a value, and says whether all are text.
func keysOf(v any) (keys int, plain bool) {
	plain = true
	add := func(v any) {
		n, ok := keysOf(v)
		keys, plain = keys+n, plain && ok
	}
	switch v := v.(type) {
	case []any:
		for _, each := range v {
			add(each)
		}
	case map[any]any:
		for key, each := range v {
			s, ok := key.(string)
			keys, plain = keys+1, plain && ok && s != ""
			add(each)
		}
	}
	return keys, plain
}
