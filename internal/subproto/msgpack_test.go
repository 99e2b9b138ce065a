package subproto

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/vmihailenco/msgpack/v5"
)

// What an encoder that is not ours makes of values.
func TestMessagePack(t *testing.T) {
	long := strings.Repeat("x", 70000)
	many := make([]any, 70)
	for _, tt := range []struct {
		value any
		want  string
	}{
		{nil, "null"}, {true, "true"}, {7, "7"}, {-7, "-7"}, {int8(-100), "-100"}, {-1000, "-1000"}, {-70000, "-70000"}, {int64(math.MinInt64), "-9223372036854775808"},
		{200, "200"}, {60000, "60000"}, {70000, "70000"}, {uint64(math.MaxUint64), "18446744073709551615"},
		{1.5, "1.5"}, {2.0, "2.0"}, {float32(0.1), "0.1"}, {math.Inf(-1), "-Inf"}, {math.NaN(), "NaN"}, {1e300, "1e+300"},
		{"κόσμε\n\"", `"κόσμε\n\""`}, {long[:40], `"` + long[:40] + `"`}, {long[:300], `"` + long[:300] + `"`}, {long, `"` + long + `"`}, {"\xff", "h'ff'"},
		{[]byte{0, 255}, "h'00ff'"}, {[]byte(long[:300]), "h'" + strings.Repeat("78", 300) + "'"},
		{[]any{}, "[]"}, {many, "[" + strings.Repeat("null, ", 69) + "null]"}, {map[int]string{1: "a"}, `{1: "a"}`},
		{map[string]any{"n": []any{1, map[string]any{}}}, `{"n": [1, {}]}`},
		{time.Unix(1, 0), `"1970-01-01T00:00:01Z"`}, {time.Unix(1, 5), `"1970-01-01T00:00:01.000000005Z"`}, {time.Unix(-1, 0), `"1969-12-31T23:59:59Z"`},
		{msgpack.RawMessage("\xd5\x05ab"), "ext(5, h'6162')"},
	} {
		p, err := msgpack.Marshal(tt.value)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := unpack(p); !ok || string(got.out) != tt.want {
			t.Errorf("%x is %v: %.200s, not %.200s", p[:min(len(p), 20)], ok, got.out, tt.want)
		}
	}
}
