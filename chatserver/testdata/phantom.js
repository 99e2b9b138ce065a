// Drives the page in PhantomJS 1.9.8, which is WebKit 534.34 of 2011: waits for
// a text, answers it, and prints the page when the answer shows there.
var system = require('system');
var page = require('webpage').create();
var address = system.args[1], heard = system.args[2], answer = system.args[3];

function text() { return page.evaluate(function () { return document.body.innerText; }); }

function when(wanted, then) {
  if (text().indexOf(wanted) >= 0) return then();
  setTimeout(function () { when(wanted, then); }, 20);
}

page.onError = function (message) {
  console.log('error in the page: ' + message);
  phantom.exit(1);
};

page.open(address, function (status) {
  if (status !== 'success') {
    console.log('the page did not open');
    return phantom.exit(1);
  }
  when(heard, function () {
    page.evaluate(function (answer) {
      document.getElementById('text').value = answer;
      document.getElementById('send').click();
    }, answer);
    when(answer, function () {
      console.log(text());
      phantom.exit(0);
    });
  });
});
