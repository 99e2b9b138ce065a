package subproto

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// The messages of graphql-transport-ws, and of graphql-ws before it.
var graphQLTypes = []string{"connection_init", "connection_ack", "ping", "pong", "subscribe", "next", "error", "complete",
	"connection_error", "connection_terminate", "start", "stop", "data", "ka"}

func describeGraphQL(p []byte, cut bool) Description {
	var m struct {
		Type    string
		ID      string
		Payload json.RawMessage
	}
	if json.Unmarshal(p, &m) != nil || !slices.Contains(graphQLTypes, m.Type) {
		if cut {
			return Description{Name: "GraphQL", Pretty: string(p)}
		}
		return Description{}
	}
	name := "GraphQL " + m.Type
	if m.ID != "" {
		name += " id=" + m.ID
	}
	var operation struct{ OperationName string }
	if json.Unmarshal(m.Payload, &operation) == nil && operation.OperationName != "" {
		name += " " + operation.OperationName
	}
	return Description{Name: name, Pretty: string(m.Payload), Heartbeat: m.Type == "ping" || m.Type == "pong" || m.Type == "ka"}
}

// rpc is a message of JSON-RPC 2.0.
type rpc struct {
	JSONRPC string
	Method  *string
	ID      json.RawMessage
	Params  json.RawMessage
	Result  json.RawMessage
	Error   json.RawMessage
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
	if bytes.TrimLeft(p, " \t\r\n")[0] == '[' && json.Unmarshal(p, &batch) == nil && len(batch) > 0 && batch[0].JSONRPC == "2.0" {
		return Description{Name: fmt.Sprintf("JSON-RPC batch of %d", len(batch)), Pretty: string(p)}
	}
	var m rpc
	if json.Unmarshal(p, &m) != nil || m.JSONRPC != "2.0" {
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
