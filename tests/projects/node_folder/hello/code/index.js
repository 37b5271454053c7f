const isNumber = require("is-number");

exports.handler = async (event) => isNumber(event.value);
