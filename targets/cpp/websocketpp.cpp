// An echo server on WebSocket++, written as its echo_server is, with its
// permessage-deflate, which is off unless asked for, on.
#include <cstdlib>
#include <iostream>
#include <string>
#include <websocketpp/config/asio_no_tls.hpp>
#include <websocketpp/extensions/permessage_deflate/enabled.hpp>
#include <websocketpp/server.hpp>

struct config : websocketpp::config::asio {
	struct permessage_deflate_config {};
	typedef websocketpp::extensions::permessage_deflate::enabled<permessage_deflate_config> permessage_deflate_type;
	static const size_t max_message_size = 32u << 20;
};

using server = websocketpp::server<config>;

int main(int argc, char **argv)
{
	const std::string address = argc == 2 ? argv[1] : "";
	const auto colon = address.rfind(':');
	if (colon == std::string::npos) {
		std::cerr << "usage: " << argv[0] << " HOST:PORT\n";
		return 2;
	}
	server echo;
	echo.clear_access_channels(websocketpp::log::alevel::all);
	echo.clear_error_channels(websocketpp::log::elevel::all);
	echo.init_asio();
	echo.set_reuse_addr(true);
	echo.set_message_handler([&](websocketpp::connection_hdl connection, server::message_ptr message) {
		websocketpp::lib::error_code failed; // by then the connection is over
		echo.send(connection, message->get_payload(), message->get_opcode(), failed);
	});
	echo.listen(address.substr(0, colon), address.substr(colon + 1));
	echo.start_accept();
	echo.run();
}
