%% An echo server on Yaws, embedded. It has no permessage-deflate.
-module(yaws_echo).
-export([main/1, out/1, handle_message/1]).
-mode(compile).

main([Address]) ->
    [Host, Port] = string:split(Address, ":"),
    {ok, IP} = inet:parse_address(Host),
    ok = logger:set_primary_config(level, none),
    Server = [
        {listen, IP},
        {port, list_to_integer(Port)},
        {appmods, [{"/", ?MODULE}]},
        {flags, [{access_log, false}, {auth_log, false}]}
    ],
    Files = "/tmp/wsprobe-yaws",
    ok = filelib:ensure_path(Files),
    ok = yaws:start_embedded(Files, Server, [{logdir, Files}]),
    receive after infinity -> ok end. % SIGTERM ends the process

out(Request) ->
    case yaws_api:get_header(yaws_api:arg_headers(Request), "upgrade") of
        undefined -> [{status, 426}, {header, ["Upgrade: ", "websocket"]}];
        _ -> {websocket, ?MODULE, [{max_frame_size, 32 bsl 20}, {max_message_size, 32 bsl 20}]}
    end.

handle_message({text, Text}) -> {reply, {text, Text}};
handle_message({binary, Bytes}) -> {reply, {binary, Bytes}};
handle_message({close, Code, Reason}) -> {close, {Code, Reason}}.
