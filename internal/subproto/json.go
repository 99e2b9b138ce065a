package subproto

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// lenient passes over what is no matter here. Names of members are in the letters that
// they have (JSON-RPC 2.0 §2), which encoding/json would not mind, and take longer for.
var lenient = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

// The messages of graphql-transport-ws, and of graphql-ws before it.
var graphQLTypes = []string{"connection_init", "connection_ack", "ping", "pong", "subscribe", "next", "error", "complete",
	"connection_error", "connection_terminate", "start", "stop", "data", "ka"}

func describeGraphQL(p []byte, cut bool) Description {
	var m struct {
		Type    string         `json:"type"`
		ID      string         `json:"id"`
		Payload jsontext.Value `json:"payload"`
	}
	if json.Unmarshal(p, &m, lenient) != nil || !slices.Contains(graphQLTypes, m.Type) {
		if cut {
			return Description{Name: "GraphQL", Pretty: string(p)}
		}
		return Description{}
	}
	name := "GraphQL " + m.Type
	if m.ID != "" {
		name += " id=" + m.ID
	}
	var operation struct {
		OperationName string `json:"operationName"`
	}
	if json.Unmarshal(m.Payload, &operation, lenient) == nil && operation.OperationName != "" {
		name += " " + operation.OperationName
	}
	return Description{Name: name, Pretty: string(m.Payload), Heartbeat: m.Type == "ping" || m.Type == "pong" || m.Type == "ka"}
}

// rpc is a message of JSON-RPC 2.0.
type rpc struct {
	JSONRPC string         `json:"jsonrpc"`
	Method  *string        `json:"method"`
	ID      jsontext.Value `json:"id"`
	Params  jsontext.Value `json:"params"`
	Result  jsontext.Value `json:"result"`
	Error   jsontext.Value `json:"error"`
}

// rpcMember is without the quote before it, which most JSON is full of.
var rpcMember = []byte(`jsonrpc"`)

// mayBeRPC reports whether a message is JSON that may be JSON-RPC.
func mayBeRPC(p []byte) bool {
	for len(p) > 0 && (p[0] == ' ' || p[0] == '\t' || p[0] == '\r' || p[0] == '\n') {
		p = p[1:]
	}
	return len(p) > 0 && (p[0] == '{' || p[0] == '[') && bytes.Contains(p, rpcMember)
}

// describeRPC names a message that says itself that it is JSON-RPC 2.0.
func describeRPC(p []byte) Description {
	if !mayBeRPC(p) {
		return Description{}
	}
	var batch []rpc
	if bytes.TrimLeft(p, " \t\r\n")[0] == '[' && json.Unmarshal(p, &batch, lenient) == nil && len(batch) > 0 && batch[0].JSONRPC == "2.0" {
		return Description{Name: fmt.Sprintf("JSON-RPC batch of %d", len(batch)), Pretty: string(p)}
	}
	var m rpc
	if json.Unmarshal(p, &m, lenient) != nil || m.JSONRPC != "2.0" {
		return Description{}
	}
	id := ""
	if m.ID != nil {
		id = " id=" + string(m.ID)
	}
	switch {
	case m.Method != nil && m.ID == nil:
		return Description{Name: "JSON-RPC notification " + *m.Method, Pretty: string(m.Params)}
	case m.Method != nil:
		return Description{Name: "JSON-RPC request " + *m.Method + id, Pretty: string(m.Params)}
	case m.Error != nil:
		return Description{Name: "JSON-RPC error" + id, Pretty: string(m.Error)}
	case m.Result != nil:
		return Description{Name: "JSON-RPC response" + id, Pretty: string(m.Result)}
	}
	return Description{}
}
