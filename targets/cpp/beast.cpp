// An echo server on Boost.Beast: one thread, a coroutine for each connection,
// with the library's timeouts for servers and its permessage-deflate, which is
// off unless asked for, on.
#include <utility> // Boost 1.74 uses std::exchange, and does not say so

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <cstdlib>
#include <iostream>
#include <string>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using asio::ip::tcp;

const std::size_t max_message = 32u << 20;

// What the client does wrong, Beast answers by itself; what it throws then says
// only that the connection is over.
asio::awaitable<void> echo(tcp::socket socket)
try {
	websocket::stream<beast::tcp_stream> connection(std::move(socket));
	websocket::permessage_deflate deflate;
	deflate.server_enable = true;
	connection.set_option(deflate);
	connection.set_option(websocket::stream_base::timeout::suggested(beast::role_type::server));
	connection.read_message_max(max_message);

	co_await connection.async_accept(asio::use_awaitable);
	for (beast::flat_buffer message;; message.consume(message.size())) {
		co_await connection.async_read(message, asio::use_awaitable);
		connection.text(connection.got_text());
		co_await connection.async_write(message.data(), asio::use_awaitable);
	}
} catch (const beast::system_error &) {
}

asio::awaitable<void> listen(tcp::endpoint endpoint)
{
	auto executor = co_await asio::this_coro::executor;
	tcp::acceptor acceptor(executor, endpoint);
	for (;;)
		asio::co_spawn(executor, echo(co_await acceptor.async_accept(asio::use_awaitable)), asio::detached);
}

int main(int argc, char **argv)
{
	const std::string address = argc == 2 ? argv[1] : "";
	const auto colon = address.rfind(':');
	if (colon == std::string::npos) {
		std::cerr << "usage: " << argv[0] << " HOST:PORT\n";
		return 2;
	}
	asio::io_context context(1);
	const tcp::endpoint endpoint(asio::ip::make_address(address.substr(0, colon)),
				     std::stoi(address.substr(colon + 1)));
	asio::co_spawn(context, listen(endpoint), [](std::exception_ptr failure) {
		if (failure)
			std::rethrow_exception(failure);
	});
	context.run();
}
