-- An echo server on lua-http, which has no permessage-deflate and no limit to the
-- size of a message.
local new_headers = require("http.headers").new
local server = require("http.server")
local websocket = require("http.websocket")

local function refuse(stream)
	local headers = new_headers()
	headers:append(":status", "426")
	headers:append("connection", "upgrade")
	headers:append("upgrade", "websocket")
	headers:append("sec-websocket-version", "13")
	headers:append("content-length", "0")
	stream:write_headers(headers, true)
end

local function echo(socket)
	for message, opcode in socket:each() do
		socket:send(message, opcode)
	end
	socket:close()
end

local function serve(_, stream)
	local socket = websocket.new_from_stream(stream, assert(stream:get_headers()))
	if not socket then
		return refuse(stream)
	end
	assert(socket:accept())
	if not pcall(echo, socket) then -- some frames are thrown at the user as errors
		socket:close(1011)
	end
end

local host, port = arg[1]:match("^(.*):(%d+)$")
local listener = assert(server.listen({
	host = host,
	port = tonumber(port),
	onstream = serve,
	onerror = function() end, -- of one connection: the others go on
}))
assert(listener:loop()) -- SIGTERM ends the process
