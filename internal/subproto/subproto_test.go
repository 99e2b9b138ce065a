package subproto

import (
	"strings"
	"testing"

	"wsprobe/internal/lint"
	"wsprobe/internal/wire"
)

func TestDescribe(t *testing.T) {
	const connect = "\x10\x0f\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x02me"
	type message struct{ payload, name, pretty string }
	for _, tt := range []struct {
		target, protocol string
		op               wire.Opcode
		messages         []message
	}{
		{"/socket.io/?EIO=4&transport=websocket", "", wire.OpText, []message{
			{`0{"sid":"x"}`, "engine.io open", `{"sid":"x"}`}, {"2", "engine.io ping", ""}, {"3probe", "engine.io pong", "probe"},
			{"40", "socket.io CONNECT", ""}, {`40/chat,{"t":1}`, "socket.io CONNECT /chat", `{"t":1}`},
			{`42["message",{"a":1}]`, `socket.io EVENT "message"`, `{"a":1}`}, {`42/chat,7["m",1,2]`, `socket.io EVENT "m" /chat id=7`, "[1,2]"},
			{`437["ok"]`, "socket.io ACK id=7", `["ok"]`},
			{`451-["bin",{"_placeholder":true,"num":0}]`, `socket.io BINARY_EVENT "bin" attachments=1`, `{"_placeholder":true,"num":0}`},
			{`4hello`, "engine.io message", "hello"}, {"hello", "", ""},
		}},
		{"/", "v12.stomp", wire.OpText, []message{
			{"SEND\ndestination:/queue/a\nreceipt:1\n\nhi\x00", "STOMP SEND destination=/queue/a receipt=1", "hi"},
			{"\n", "STOMP heartbeat", ""}, {"SEN\n\n\x00", "", ""}, {"SEND\n\nno end", "", ""},
			{"SEND\ncontent-length:3\ncontent-length:1\n\na\x00b\x00\n", "STOMP SEND", "a\x00b"}, {"SEND\ncontent-length:9\n\nab\x00", "STOMP SEND", "ab"},
			{"SEND\r\ndestination:/q\r\n\r\na\r\nb\x00", "STOMP SEND destination=/q", "a\r\nb"},
			{"SEND\ndestination:/1\n\nx\x00\nSEND\ndestination:/2\n\ny\x00", "STOMP SEND destination=/1, SEND destination=/2", ""},
			{strings.Repeat("SEND\n\n\x00", 9999), "STOMP " + strings.Repeat("SEND, ", 8) + "and more", ""}, {"SEND\n\nx\x00y", "STOMP SEND, and more", ""},
		}},
		{"/", "mqtt", wire.OpBinary, []message{
			{"\x82\x0f\x00\x07\x00\x05a/+/b\x01\x00\x02c#\x00", "MQTT SUBSCRIBE id=7 topic=a/+/b, c#", ""},
			{"\xa2\x08\x00\x07\x00\x01a\x00\x01b", "MQTT UNSUBSCRIBE id=7 topic=a, b", ""}, {"\x38\x04\x00\x01th", "MQTT PUBLISH topic=t dup 1 bytes", "h"},
			{"\x82\x2a\x00\x07" + strings.Repeat("\x00\x01a\x00", 10), "MQTT SUBSCRIBE id=7 topic=a, a, a, a, a, a, a, a, and more", ""},
		}},
		{"/", "", wire.OpText, []message{
			{"\n", "", ""}, {"CONNECT\naccept-version:1.2\n\n\x00", "STOMP CONNECT", ""}, {"\n", "STOMP heartbeat", ""},
		}},
		{"/", "", wire.OpBinary, []message{
			{"", "", ""}, {"\x82\x01", "", ""}, {connect, "MQTT CONNECT version=5", ""}, {"\x31\x0a\x00\x03a/b\x00hiya", "MQTT PUBLISH topic=a/b retain 4 bytes", "hiya"},
			{"\xc0\x00", "MQTT PINGREQ", ""}, {"\x32\x09\x00\x03", "MQTT start of PUBLISH", ""},
			{"a/b\x00\x09\x00\xff\xc0\x00", "MQTT PUBLISH topic=a/b qos=1 id=9 1 bytes, PINGREQ", ""}, {"\x00", "", ""},
		}},
		{"/", "graphql-transport-ws", wire.OpText, []message{
			{`{"type":"connection_init"}`, "GraphQL connection_init", ""},
			{`{"id":"1","type":"subscribe","payload":{"operationName":"News","query":"…"}}`, "GraphQL subscribe id=1 News", `{"operationName":"News","query":"…"}`},
			{`{"type":"shout"}`, "", ""},
		}},
		{"/", "", wire.OpText, []message{
			{`{"jsonrpc":"2.0","method":"add","params":[1],"id":"x"}`, `JSON-RPC request add id="x"`, "[1]"},
			{`{"jsonrpc":"2.0","method":"tick"}`, "JSON-RPC notification tick", ""}, {`{"jsonrpc":"2.0","result":3,"id":1}`, "JSON-RPC response id=1", "3"},
			{`{"jsonrpc":"2.0","error":{"code":-1},"id":null}`, "JSON-RPC error id=null", `{"code":-1}`},
			{`[{"jsonrpc":"2.0","method":"a"}]`, "JSON-RPC batch of 1", `[{"jsonrpc":"2.0","method":"a"}]`}, {`{"method":"a","id":1}`, "", ""},
			{`{"jsonrpc":"2.0","Method":"a","ID":1}`, "", ""}, // §2: names are case-sensitive
		}},
		{"/", "cbor", wire.OpBinary, []message{{"\xa1\x61a\x01", "CBOR", `{"a": 1}`}, {"\xa1", "", ""}}},
		{"/", "wamp.2.msgpack", wire.OpBinary, []message{{"\x93\x01\xa1a\x80", "MessagePack", `[1, "a", {}]`}, {"\x93\x01", "", ""}, {"\x01\x02", "", ""}, {"\xc1", "", ""}}},
		{"/", "wamp.2.msgpack.batched", wire.OpBinary, []message{
			{"\x00\x00\x00\x02\x91\x01\x00\x00\x00\x01\xc0", "MessagePack batch of 2", "[[1], null]"}, {"\x00\x00\x00\x03\x91\x01", "", ""}, {"\xff\xff\xff\xff\x91\x01", "", ""},
		}},
		{"/", "", wire.OpBinary, []message{
			{"\x82\xa1a\x01\xa1b\xc2", "MessagePack", `{"a": 1, "b": false}`}, {"\xa2\x61a\x01\x61b\xf4", "CBOR", `{"a": 1, "b": false}`},
			{"\x92\xa1a\x82\xa1a\x01\xa1b\xc2", "MessagePack", `["a", {"a": 1, "b": false}]`}, {"\x82\x61a\xa2\x61a\x01\x61b\xf4", "CBOR", `["a", {"a": 1, "b": false}]`},
			{"\x81\xa1a\x01", "", ""}, {"\x92\x01\x02", "", ""}, {"\x82\x01\x02\x02\x03", "", ""}, {"\x82\xa1a\x01\xa1b\xc2\x00", "", ""}, {"\x82\xa1a\x01\xa1\xff\xc2", "", ""},
			{"\xa2\x61a\x01\x61b", "", ""}, {"\x08\x96\x01", "", ""}, {strings.Repeat("\x91", 1<<20), "", ""}, {"\xdd\xff\xff\xff\xff\x01", "", ""}, {"\x9b\xff\xff\xff\xff\xff\xff\xff\xff", "", ""},
		}},
	} {
		d := newDescriber(tt.target, tt.protocol)
		for _, m := range tt.messages {
			got := d.describe(lint.Client, tt.op, []byte(m.payload), false)
			if got.Name != m.name || got.Pretty != m.pretty {
				t.Errorf("%q: %q %q, not %q %q", m.payload, got.Name, got.Pretty, m.name, m.pretty)
			}
			if wrong := tt.protocol != "" && m.name == ""; wrong != (got.Note != "") && tt.target == "/" {
				t.Errorf("%q: noted %q", m.payload, got.Note)
			}
		}
	}
}

func FuzzDescribe(f *testing.F) {
	f.Add("/socket.io/", "", true, []byte(`451-["a",{}]`), []byte("2"))
	f.Add("/", "mqtt", false, []byte("\x10\x0f\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x02me"), []byte("\x32\x0a\x00\x03"))
	f.Add("/", "v10.stomp", true, []byte("SEND\n\n\x00"), []byte("\n"))
	f.Add("/", "cbor", false, []byte("\xa1\x61a\x01"), []byte{})
	f.Add("/", "", false, []byte("\x92\xa1a\x82\xa1a\xcb\x00\x00\x00\x00\x00\x00\x00\x00\xa1b\xc2"), []byte("\x82\x61a\xa2\x61a\x01\x61b\xf4"))
	f.Add("/", "a.msgpack", false, []byte("\xc7\x0c\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"), []byte("\xdd\xff\xff\xff\xff\xc0"))
	f.Add("/", "a.msgpack.batched", false, []byte("\x00\x00\x00\x01\xc0"), []byte("\xff\xff\xff\xff"))
	f.Add("/", "graphql-ws", true, []byte(`{"type":"ka"}`), []byte(`[{"jsonrpc":"2.0"}]`))
	f.Fuzz(func(t *testing.T, target, protocol string, text bool, a, b []byte) {
		d, op := newDescriber(target, protocol), wire.OpBinary
		if text {
			op = wire.OpText
		}
		for i, p := range [][]byte{a, b, a} {
			d.describe(lint.Side(i&1), op, p, i == 1)
		}
		if kept := len(d.mqtt.partial[0]) + len(d.mqtt.partial[1]); kept > 2*maxPartial {
			t.Errorf("%d bytes are kept", kept)
		}
	})
}
