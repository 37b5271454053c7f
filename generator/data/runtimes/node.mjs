// Runs the handler of a Node lambda: asks the Runtime API for events, and answers them. It does what
// the runtime of AWS does: handlers with callbacks, promises and streamed answers, the context, the
// log's format, the shape of errors.
import { existsSync } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

const task = process.env.LAMBDA_TASK_ROOT;
const api = "/2018-06-01/runtime/";
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const STREAMING = Symbol.for("aws.lambda.runtime.handler.streaming");

let request = "";

function call(method, where, headers = {}) {
    return http.request({ agent, host, port, method, path: api + where, headers });
}

function answerOf(sent) {
    return new Promise((resolve, reject) => {
        sent.on("error", reject);
        sent.on("response", (response) => {
            const parts = [];
            response.on("data", (part) => parts.push(part));
            response.on("end", () => resolve({ headers: response.headers, text: Buffer.concat(parts).toString() }));
        });
    });
}

function next() {
    const sent = call("GET", "invocation/next");
    const answer = answerOf(sent);
    sent.end();
    return answer;
}

function post(where, text, headers = {}) {
    const sent = call("POST", where, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text),
        ...headers });
    const answer = answerOf(sent);
    sent.end(text);
    return answer;
}

function errorOf(error) {
    if (!(error instanceof Error))
        return { errorType: typeof error, errorMessage: String(error), trace: [] };
    return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? "").replaceAll(task + "/", "/var/task/").split("\n") };
}

function postError(where, error) {
    const described = errorOf(error);
    console.error(where === "init/error" ? "Uncaught Exception" : "Invoke Error", JSON.stringify({
        ...described, trace: undefined, stack: described.trace }));
    return post(where, JSON.stringify(described), { "Lambda-Runtime-Function-Error-Type": described.errorType });
}

// Lambda's format: time, request, level and message, with tabs between them.
function patchConsole() {
    const write = (level) => (...args) => process.stdout.write(
        `${new Date().toISOString()}\t${request}\t${level}\t${format(...args)}\n`);
    const levels = { trace: "TRACE", debug: "DEBUG", info: "INFO", log: "INFO", warn: "WARN", error: "ERROR", fatal: "FATAL" };
    for (const [name, level] of Object.entries(levels))
        console[name] = write(level);
}

function failed(name, message) {
    const error = new Error(message);
    error.name = name;
    return error;
}

async function load(module) {
    const file = path.resolve(task, module);
    for (const ending of ["", ".js", ".mjs", ".cjs"])
        if (existsSync(file + ending) && (ending || path.extname(file)))
            return loadFile(file + ending);
    const require = createRequire(path.join(task, "index.js"));
    try {
        return require(require.resolve(module, { paths: [task, ...(process.env.NODE_PATH ?? "").split(":")] }));
    } catch (error) {
        if (error.code === "MODULE_NOT_FOUND")
            throw failed("Runtime.ImportModuleError", `Error: Cannot find module '${path.basename(module)}'\n${error.message}`);
        throw error;
    }
}

async function loadFile(file) {
    try {
        return await import(pathToFileURL(file).href);
    } catch (error) {
        if (error instanceof SyntaxError)
            throw failed("Runtime.UserCodeSyntaxError", `SyntaxError: ${error.message}`);
        if (error.code === "ERR_MODULE_NOT_FOUND" || error.code === "MODULE_NOT_FOUND")
            throw failed("Runtime.ImportModuleError", `Error: ${error.message}`);
        throw error;
    }
}

async function findHandler(name) {
    const base = path.basename(name), folder = name.slice(0, name.length - base.length);
    const dot = base.indexOf(".");
    if (dot <= 0 || name.includes(".."))
        throw failed("Runtime.MalformedHandlerName", `Bad handler '${name}': it must be 'file.function'`);
    const module = folder + base.slice(0, dot), names = base.slice(dot + 1).split(".");
    const loaded = await load(module);
    const find = (from) => names.reduce((value, part) => value?.[part], from);
    const handler = find(loaded) ?? find(loaded.default);
    if (!handler)
        throw failed("Runtime.HandlerNotFound", `${name} is undefined or not exported`);
    if (typeof handler !== "function")
        throw failed("Runtime.HandlerNotFound", `${name} is not a function`);
    return handler;
}

function contextOf(headers) {
    const deadline = Number(headers["lambda-runtime-deadline-ms"]);
    const client = headers["lambda-runtime-client-context"];
    return {
        awsRequestId: headers["lambda-runtime-aws-request-id"],
        invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
        functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
        functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
        memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
        logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
        logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
        clientContext: client ? JSON.parse(client) : undefined,
        identity: undefined,
        callbackWaitsForEmptyEventLoop: true,
        getRemainingTimeInMillis: () => Math.max(deadline - Date.now(), 0),
    };
}

// Calls a handler in one of its three forms: async, with a callback, or with context.done.
function callHandler(handler, event, context) {
    return new Promise((resolve, reject) => {
        let settled = false;
        const callback = (error, value) => {
            if (settled)
                return;
            settled = true;
            const end = () => error === undefined || error === null ? resolve(value) : reject(error);
            if (context.callbackWaitsForEmptyEventLoop)
                process.once("beforeExit", end);
            else
                setImmediate(end);
        };
        context.done = (error, value) => { context.callbackWaitsForEmptyEventLoop = false; callback(error, value); };
        context.succeed = (value) => context.done(null, value);
        context.fail = (error) => context.done(error ?? "handled");
        const result = handler(event, context, callback);
        if (result && typeof result.then === "function")
            result.then(resolve, reject);
        else if (handler.length < 3 && !settled)
            process.once("beforeExit", () => resolve(undefined)); // it may still call context.done
    });
}

// A handler that writes its answer piece by piece (awslambda.streamifyResponse).
async function stream(handler, event, context) {
    const sent = call("POST", `invocation/${request}/response`, {
        "Content-Type": "application/octet-stream", "Lambda-Runtime-Function-Response-Mode": "streaming",
        "Transfer-Encoding": "chunked", Trailer: "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body" });
    const answer = answerOf(sent);
    sent.setContentType = (type) => sent.setHeader("Content-Type", type);
    try {
        await handler(event, sent, context);
    } catch (error) {
        const described = errorOf(error);
        console.error("Invoke Error", JSON.stringify(described));
        sent.addTrailers({
            "Lambda-Runtime-Function-Error-Type": described.errorType,
            "Lambda-Runtime-Function-Error-Body": Buffer.from(JSON.stringify(described)).toString("base64") });
    }
    if (!sent.writableEnded)
        sent.end();
    await answer;
}

globalThis.awslambda = {
    streamifyResponse: (handler) => { handler[STREAMING] = "response"; return handler; },
    HttpResponseStream: {
        // The status and headers go before the body, with eight zero bytes between them.
        from(stream_, prelude) {
            stream_.setHeader("Content-Type", "application/vnd.awslambda.http-integration-response");
            stream_.write(JSON.stringify(prelude));
            stream_.write(Buffer.alloc(8));
            return stream_;
        },
    },
};

async function runOnce(handler) {
    const { headers, text } = await next();
    request = headers["lambda-runtime-aws-request-id"];
    process.env._X_AMZN_TRACE_ID = headers["lambda-runtime-trace-id"] ?? "";
    const context = contextOf(headers);
    try {
        if (handler[STREAMING])
            return await stream(handler, JSON.parse(text), context);
        const value = await callHandler(handler, JSON.parse(text), context);
        await post(`invocation/${request}/response`, JSON.stringify(value === undefined ? null : value));
    } catch (error) {
        await postError(`invocation/${request}/error`, error);
    }
}

function warnAboutVersion() {
    const wanted = process.env.AWS_EXECUTION_ENV.replace(/^.*nodejs(\d+).*$/, "$1");
    const here = process.versions.node.split(".")[0];
    if (wanted !== here)
        process.stderr.write(`gordon: warning: Node ${here} runs this lambda here, not ${wanted}, which is not in PATH\n`);
}

async function main() {
    warnAboutVersion();
    patchConsole();
    let handler;
    try {
        handler = await findHandler(process.env._HANDLER);
    } catch (error) {
        await postError("init/error", error);
        process.exit(1);
    }
    process.on("uncaughtException", async (error) => { await postError(`invocation/${request}/error`, error); process.exit(129); });
    process.on("unhandledRejection", async (reason) => {
        await postError(`invocation/${request}/error`, failed("Runtime.UnhandledPromiseRejection", String(reason)));
        process.exit(128);
    });
    for (;;)
        await runOnce(handler);
}

await main();
